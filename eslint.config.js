import tseslint from 'typescript-eslint'

/** Folders in which wall clock, chance and asynchrony do not exist: everything below `cluster`. */
const core = [
  'src/events/*.ts',
  'src/events/catalogue/**/*.ts',
  'src/engine/**/*.ts',
  'src/kubernetes/**/*.ts',
  'src/actors/**/*.ts',
  'src/projections/**/*.ts',
]

const wallClock = (name, why) => ({ name, message: `${why} The core knows only virtual time and seeded chance.` })

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', '.cache/**'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: ['error', 'always'],
      'require-yield': 'off',
    },
  },
  {
    files: core,
    rules: {
      'no-restricted-globals': [
        'error',
        wallClock('Date', 'Wall clock.'),
        wallClock('performance', 'Wall clock.'),
        wallClock('setTimeout', 'Wall clock.'),
        wallClock('setInterval', 'Wall clock.'),
        wallClock('setImmediate', 'Wall clock.'),
        wallClock('queueMicrotask', 'Asynchrony.'),
        wallClock('Promise', 'Asynchrony.'),
        wallClock('WeakRef', 'Garbage collection shows.'),
        wallClock('Intl', 'Locale data differ between Node versions.'),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use the actor’s own random stream.' },
        { object: 'Math', property: 'pow', message: 'Floats differ between Node versions.' },
        { object: 'Math', property: 'exp', message: 'Floats differ between Node versions.' },
        { property: 'localeCompare', message: 'Sort by code unit.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "BinaryExpression[operator='**']", message: 'Floats differ between Node versions.' },
        { selector: 'ForInStatement', message: 'Order depends on the object’s history: use Map or sorted keys.' },
        { selector: 'AwaitExpression', message: 'The core is synchronous.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'rxjs',
              importNames: [
                'interval',
                'timer',
                'delay',
                'debounceTime',
                'auditTime',
                'timestamp',
                'throttleTime',
                'timeout',
              ],
              message: 'Timed operators read the wall clock.',
            },
          ],
        },
      ],
    },
  },
)
