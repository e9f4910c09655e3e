const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash'])

/** The program's name without its path. */
export const baseName = (program: string): string => program.slice(program.lastIndexOf('/') + 1)

export const isShell = (program: string): boolean => SHELLS.has(baseName(program))
