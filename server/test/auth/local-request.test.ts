import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { isLocalName, isLocalRequest } from '../../src/auth/local-request'

function requestFrom(remoteAddress: string | undefined) {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress })
  return { socket, headers: { host: 'localhost:8080' } }
}

test.each([
  ['127.0.0.1', true],
  ['127.0.0.2', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['192.168.1.7', false],
  ['203.0.113.7', false],
  ['::ffff:203.0.113.7', false],
  [undefined, false],
])('a request from %s is local: %s', (address, expected) => {
  expect(isLocalRequest(requestFrom(address))).toBe(expected)
})

test.each([
  ['localhost', true],
  ['app.localhost', true],
  ['127.0.0.1', true],
  ['[::1]', true],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
  ['', false],
])('%s names this machine: %s', (name, expected) => {
  expect(isLocalName(name)).toBe(expected)
})

test.each([
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'cf-connecting-ip',
])('a request with %s came by a proxy, which speaks for others', (name) => {
  const { socket, headers } = requestFrom('127.0.0.1')
  expect(isLocalRequest({ socket, headers: { ...headers, [name]: 'anything' } })).toBe(false)
})
