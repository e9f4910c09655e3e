/**
 * Goal: a process that loses its API server finds one that lives, and those who lose it together spread over the others.
 * Method: servers fail at given times; who is talked to next is read.
 */
import { describe, expect, test } from 'vitest'
import { Endpoint } from '../../../src/engine/client/endpoint.ts'
import { seconds } from '../../../src/events/time.ts'

const SERVERS = ['kube-apiserver/0', 'kube-apiserver/1', 'kube-apiserver/2']

describe('an endpoint', () => {
  test('keeps to its server until it fails, and does not come back by itself', () => {
    const endpoint = new Endpoint(SERVERS, 1)
    expect(endpoint.current).toBe('kube-apiserver/1')
    endpoint.leave('kube-apiserver/0', 0)
    expect(endpoint.current, 'a connection to somebody else broke').toBe('kube-apiserver/1')
    endpoint.leave('kube-apiserver/1', 0)
    expect(endpoint.current).toBe('kube-apiserver/2')
  })

  test('passes over what has failed within ten seconds', () => {
    const endpoint = new Endpoint(SERVERS, 0)
    endpoint.leave('kube-apiserver/0', seconds(100))
    endpoint.leave('kube-apiserver/1', seconds(101))
    expect(endpoint.current).toBe('kube-apiserver/2')
    endpoint.leave('kube-apiserver/2', seconds(105))
    expect(endpoint.current, 'all have failed: the first that did').toBe('kube-apiserver/0')
    endpoint.leave('kube-apiserver/0', seconds(120))
    expect(endpoint.current, 'the others had their time').toBe('kube-apiserver/1')
  })

  test('sends those who lose one server to different others', () => {
    const next = (first: number): string => {
      const endpoint = new Endpoint(SERVERS, first)
      endpoint.leave('kube-apiserver/0', 0)
      return endpoint.current
    }
    expect(new Set([next(0), next(3)])).toEqual(new Set(['kube-apiserver/1', 'kube-apiserver/2']))
  })

  test('with one server goes on with that', () => {
    const endpoint = new Endpoint(['kube-apiserver/0'], 5)
    endpoint.leave('kube-apiserver/0', 0)
    expect(endpoint.current).toBe('kube-apiserver/0')
  })
})
