/**
 * Goal: the columns that a CustomResourceDefinition names are printed as it says, and nothing it says breaks a table.
 * Method: one object of ours and a column per rule.
 */
import { expect, test } from 'vitest'
import { printCustomTable, type CustomColumn } from '../../../../src/kubernetes/printing/custom.ts'
import { compileJsonPath } from '../../../../src/kubernetes/printing/json-path.ts'
import type { CellType } from '../../../../src/kubernetes/printing/table.ts'

const NOW = 120_000_000

const widget = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: {
    name: 'w',
    uid: 'u',
    resourceVersion: '7',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { 'a.b/c': 'l' },
  },
  spec: {
    ...{ text: 'x', whole: 5, fraction: 1.75, yes: true, nothing: null, date: '2026-01-01T00:01:00Z', html: ['<&>'] },
    list: [
      { name: 'a', size: 1 },
      { name: 'b', size: 2, tags: ['p', 'q'] },
    ],
    map: { z: 1, '10': 2, '9': [true, null] },
  },
}

const cell = (type: CellType, jsonPath: string) =>
  printCustomTable([{ name: 'C', type, jsonPath }], [widget], { now: NOW }).rows[0]?.cells[1]

test.each<[CellType, string, unknown]>([
  ['string', '.spec.text', 'x'],
  ['string', '.spec.whole', '5'],
  ['string', '.spec.yes', 'true'],
  ['string', '.spec.nothing', '<no value>'],
  ['string', '.spec.missing.deep', null],
  ['string', '.spec.html', '["\\u003c\\u0026\\u003e"]'],
  ['string', '.spec.map', '{"10":2,"9":[true,null],"z":1}'],
  ['integer', '.spec.whole', 5],
  ['integer', '.spec.fraction', 1],
  ['integer', '.spec.text', null],
  ['number', '.spec.fraction', 1.75],
  ['boolean', '.spec.yes', true],
  ['boolean', '.spec.text', null],
  ['date', '.spec.date', '60s'],
  ['date', '.spec.text', '<invalid>'],
  ['date', '.spec.whole', null],
  ['date', '.metadata.creationTimestamp', '2m'],
])('%s of %s is %j', (type, path, expected) => {
  expect(cell(type, path)).toBe(expected)
})

test.each([
  ['$.spec.text', ['x']],
  ['.spec.list[1].name', ['b']],
  ['.spec.list[-1].name', ['b']],
  ['.spec.list[-3].name', []],
  ['.spec.list[2].name', []],
  ['.spec.list[*].name', ['a', 'b']],
  ['.spec.list[0:1].name', ['a']],
  ['.spec.list[?(@.name=="b")].size', [2]],
  [".spec.list[?(@.name == 'b')].tags[0]", ['p']],
  ['.spec.list[?(@.size>1)].name', ['b']],
  ['.spec.list[?(@.size<=2)].name', ['a', 'b']],
  ['.spec.list[?(@.name!="b")].name', ['a']],
  ['.spec.list[?(@.tags)].name', ['b']],
  ['.spec.text[0]', []],
  ['.metadata.labels.a\\.b/c', ['l']],
  [".metadata.labels['a.b/c']", ['l']],
])('%s finds %j', (path, expected) => {
  expect(compileJsonPath(path)?.(widget)).toEqual(expected)
})

test.each(['', 'spec', '.spec[', '.spec..text', '.spec.list[?(', '.'])('%j is no path', (path) => {
  expect(compileJsonPath(path)).toBeUndefined()
})

test('without columns there is the age', () => {
  for (const columns of [undefined, []]) {
    const { columnDefinitions, rows } = printCustomTable(columns, [widget], { now: NOW })
    expect(columnDefinitions?.map(({ name, type }) => `${name} ${type}`)).toEqual(['Name string', 'Age date'])
    expect(rows[0]?.cells).toEqual(['w', '2m'])
  }
})

test('columns keep their format, description and priority, and end before a path that is none', () => {
  const columns: readonly CustomColumn[] = [
    { name: 'Size', type: 'integer', format: 'int32', description: 'how big', priority: 1, jsonPath: '.spec.whole' },
    { name: 'Bad', type: 'string', jsonPath: 'oops' },
    { name: 'Never', type: 'string', jsonPath: '.spec.text' },
  ]
  const { columnDefinitions, rows } = printCustomTable(columns, [widget], { now: NOW })
  expect(columnDefinitions?.slice(1)).toEqual([
    { name: 'Size', type: 'integer', format: 'int32', description: 'how big', priority: 1 },
  ])
  expect(rows[0]?.cells).toEqual(['w', 5])
})
