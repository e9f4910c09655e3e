/**
 * Goal: selectors of devices are refused where they cannot work, and pick as upstream's do.
 * Method: the cases that upstream's tests of its device compiler state.
 */
import { describe, expect, test } from 'vitest'
import { deviceSelector } from '../../../src/actors/scheduler/plugins/device-selector.ts'
import { deviceSelectorProblem } from '../../../src/kubernetes/cel/device-names.ts'
import type { Device } from '../../../src/kubernetes/types/resource.ts'

const DRIVER = 'dra.example.com'
const device: Device = {
  name: 'gpu-0',
  attributes: {
    name: { string: 'fish' },
    'dra.example.com/version': { version: '1.2.3' },
    'other.example.com/size': { int: 3 },
    on: { bool: true },
  },
  capacity: { memory: { value: '1Gi' } },
}

describe('a selector', () => {
  test.each<[string, boolean]>([
    ['true', true],
    ['device.driver == "dra.example.com"', true],
    ['device.attributes["dra.example.com"].name == "fish"', true],
    ['device.attributes["other.example.com"].size > 2', true],
    ['device.attributes["dra.example.com"].on', true],
    ['device.attributes["dra.example.com"].version.isGreaterThan(semver("0.0.1"))', true],
    ['device.capacity["dra.example.com"].memory.isGreaterThan(quantity("1Mi"))', true],
    ['"dra.example.com" in device.attributes', true],
    ['"name" in device.attributes["no-such-domain"]', false],
    ['device.attributes["dra.example.com"].?name.orValue("") == "fish"', true],
  ])('%s', (text, verdict) => {
    expect(deviceSelectorProblem(text)).toBeUndefined()
    expect(deviceSelector(text)(DRIVER, device)).toBe(verdict)
  })

  test('of an attribute that is not there fails', () => {
    const text = 'device.attributes["no-such-domain"].noSuchAttr.isGreaterThan(quantity("0"))'
    expect(deviceSelectorProblem(text)).toBeUndefined()
    expect(deviceSelector(text)(DRIVER, device)).toEqual({ problem: 'CEL runtime error: no such key: noSuchAttr' })
  })

  test.each([
    ['?!', 'compilation failed: ERROR: <input>:1:1: Syntax error'],
    ['1', 'must evaluate to bool or the unknown type, not int'],
    ['device.driverName == ""', "compilation failed: ERROR: <input>:1:7: undefined field 'driverName'"],
  ])('%s is refused', (text, words) => expect(deviceSelectorProblem(text)).toContain(words))
})
