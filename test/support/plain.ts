/** The environment of a program whose output is compared. Whoever runs the tests may like colours; what is compared has none. */
export const plain = (): NodeJS.ProcessEnv => ({ ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1' })
