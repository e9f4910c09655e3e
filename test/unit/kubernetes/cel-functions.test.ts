/**
 * Goal: expressions give what they give on a real server, and fail in its words.
 * Method: expressions with the results that the documentation of upstream's libraries and cel-go's own tests state; each is
 * also compiled, so that what can be asked is also declared.
 */
import { describe, expect, test } from 'vitest'
import { createEnvironment, parseIn } from '../../../src/kubernetes/cel/environment.ts'
import { expressionOf } from '../../../src/kubernetes/cel/expression.ts'
import { fromCel, toCel } from '../../../src/kubernetes/cel/values.ts'

const variables = {
  x: toCel({ n: 3, t: 'text', list: [1, 2, 3], map: { a: 1, 'b-c': { d: null } }, none: null, half: 0.5 }),
}
const declared = createEnvironment({ isOpen: false }).registerVariable('x', 'dyn')

const given = (text: string): unknown => {
  const { valid, error } = parseIn(declared, text).check()
  if (!valid) return error?.message
  const outcome = expressionOf(text)(variables)
  return 'problem' in outcome ? outcome.problem : outcome.value
}

const holds = (title: string, ...texts: readonly string[]): void => {
  describe(title, () => {
    test.each(texts)('%s', (text) => expect(given(text)).toBe(true))
  })
}

const fails = (title: string, ...cases: readonly (readonly [string, string])[]): void => {
  describe(title, () => {
    test.each(cases)('%s', (text, words) => expect(given(text)).toBe(words))
  })
}

holds(
  'operators',
  '1 + 2 * 3 == 7 && (1 + 2) * 3 == 9',
  '7 / 2 == 3 && -7 / 2 == -3 && 7 % 3 == 1 && -7 % 3 == -1',
  '1.5 + 1.0 == 2.5 && 2u + 3u == 5u && 0x10 == 16',
  '!!true && - -1 == 1 && -(-1) == 1',
  'true ? 1 == 1 : x.missing',
  '!(x.missing == 1 && false)',
  '(x.missing == 1 || true) && (true || x.missing) && !(false && x.missing)',
  '"a" < "b" && false < true && 1 < 2u && 1 < 1.5 && 2u >= 1.5',
  '1 in [1, 2] && !(3 in [1, 2]) && "a" in {"a": 1} && !("b" in {"a": 1})',
  '[1, 2] + [3] == [1, 2, 3] && "a" + "b" == "ab" && b"a" + b"b" == b"ab"',
  'dyn(1) == dyn(1.0) && dyn(1) != dyn("1") && {"a": 1} == {"a": 1} && [1] != [2]',
  '[1, 2, 3][1] == 2 && {"a": 1}["a"] == 1 && {1: "a"}[1] == "a"',
)
holds(
  'objects',
  'x.n == 3 && x["t"] == "text" && x.map["b-c"].d == null && x.half == 0.5',
  'has(x.n) && !has(x.m) && has(x.none) && !has(x.map.z)',
  'x.list.size() == 3 && size(x.map) == 2 && size("häß") == 3',
  'type(x.n) == int && type(x.t) == string && type(x.none) == null_type && type(x.half) == double',
  'type(x.list) == list && type(x.map) == map && type(type(1)) == type',
)
holds(
  'literals',
  '"\\u00e4\\x41\\101\\n\\"" == \'äAA\\n"\'',
  "r\"\\d\" == \"\\\\d\" && '''a'b''' == \"a'b\"",
  '[1, 2,] == [1, 2] && {"a": 1,} == {"a": 1}',
  '1e3 == 1000.0 && -1 < 0 // a comment',
)
holds(
  'macros',
  '[1, 2].all(i, i > 0) && [1, 2].exists(i, i > 1) && [1, 2].exists_one(i, i > 1)',
  '[1, 2].map(i, i * 2) == [2, 4] && [1, 2, 3].map(i, i > 1, i * 2) == [4, 6] && [1, 2].filter(i, i > 1) == [2]',
  '{"a": 1, "b": 2}.all(k, k < "c") && {"a": 1}.map(k, k) == ["a"]',
  '[1, 2].exists(i, x.missing == i || i == 2)',
  '[1, 2, 3].all(i, j, i < j) && [1, 1, 2, 2, 3, 3].existsOne(i, v, i == 2 && v == 2)',
  '{"a": "b"}.exists(k, v, k < v) && [1, 2].existsOne(i, i == 1)',
  '[1, 2, 3].transformList(i, v, i * v + v) == [1, 4, 9]',
  '[1, 2, 3].transformList(i, v, i % 2 == 0, i * v + v) == [1, 9]',
  '{"greeting": "hello"}.transformMap(k, v, v + "!") == {"greeting": "hello!"}',
  '["a", "b"].transformMapEntry(i, v, {v: i}) == {"a": 0, "b": 1}',
  '[[1, 2], [3]].all(l, l.exists(i, i > 1))',
)
holds(
  'optionals',
  'optional.of(1).hasValue() && !optional.none().hasValue() && optional.of(1).value() == 1',
  'x.?n.orValue(0) == 3 && x.?m.orValue(0) == 0 && x.?map.a.orValue(0) == 1 && x.?m.a.orValue(5) == 5',
  'x.list[?0].value() == 1 && !x.list[?5].hasValue() && x.map[?"a"].value() == 1',
  'optional.none().or(optional.of(2)).value() == 2 && optional.ofNonZeroValue("").hasValue() == false',
  'x.?n.optMap(n, n + 1).value() == 4 && !x.?m.optMap(n, n + 1).hasValue()',
  'x.?n.optFlatMap(n, x.?t).value() == "text"',
  'optional.of(1) == optional.of(1) && optional.of(1) != optional.none() && [1, 2].first().value() == 1',
)
holds(
  'texts',
  '"hello".charAt(4) == "o" && "hello".charAt(5) == "" && "äh".charAt(1) == "h"',
  '"hello mellow".indexOf("ello", 2) == 7 && "hello".indexOf("z") == -1 && "hello".indexOf("") == 0',
  '"hello mellow".lastIndexOf("ello") == 7 && "hello mellow".lastIndexOf("ello", 6) == 1',
  '["a", "b"].join("-") == "a-b" && ["a", "b"].join() == "ab"',
  '"TacoCat".lowerAscii() == "tacocat" && "TacoCÆt Xii".upperAscii() == "TACOCÆT XII"',
  '"hello hello".replace("he", "we", 1) == "wello hello" && "aa".replace("a", "b") == "bb"',
  '"a b c".split(" ") == ["a", "b", "c"] && "a b c".split(" ", 2) == ["a", "b c"] && "ab".split("") == ["a", "b"]',
  '"tacocat".substring(4) == "cat" && "tacocat".substring(0, 4) == "taco"',
  '"  a\\t".trim() == "a" && strings.quote("a\\"b\\n") == "\\"a\\\\\\"b\\\\n\\""',
  '"abc".contains("b") && "abc".startsWith("a") && "abc".endsWith("c") && "abc".matches("^a.c$")',
  '"abc 123 def 456".find("[0-9]+") == "123" && "abc".find("z") == ""',
  '"123 abc 456".findAll("[0-9]+") == ["123", "456"] && "123 abc 456".findAll("[0-9]+", 1) == ["123"]',
  '"%s is %d, %.1f, %x, %X, %b, %o%%".format(["a", 3, 2.75, 255, 255, 5, 8]) == "a is 3, 2.8, ff, FF, 101, 10%"',
  '"%s %s %s".format([[1, 2], {"a": 1}, true]) == "[1, 2] {a: 1} true"',
)
holds(
  'conversions',
  'int("42") == 42 && int(4.9) == 4 && int(3u) == 3 && uint(3) == 3u && double("1.5") == 1.5 && double(2) == 2.0',
  'string(1) == "1" && string(1.5) == "1.5" && string(true) == "true" && string(b"ab") == "ab" && string(2.0) == "2"',
  'bool("true") && !bool("0") && bytes("ä") == b"\\xc3\\xa4"',
  'int(timestamp("1970-01-01T00:01:00Z")) == 60 && string(duration("90s")) == "90s"',
)
holds(
  'times',
  'duration("1h30m").getMinutes() == 90 && duration("1.5s").getMilliseconds() == 1500',
  'duration("0s") - duration("0.5s") == duration("-0.5s") && string(duration("-1.5s")) == "-1.5s"',
  'timestamp("2024-02-29T10:20:30.5Z").getMonth() == 1 && timestamp("2024-02-29T10:20:30Z").getDate() == 29',
  'timestamp("2024-02-29T10:20:30Z").getDayOfWeek() == 4 && timestamp("2024-02-29T10:20:30Z").getDayOfYear() == 59',
  'timestamp("2024-01-01T00:00:00Z").getHours("America/New_York") == 19',
  'timestamp("2024-01-01T00:00:00Z").getHours("+05:30") == 5',
  'timestamp("2024-01-01T00:00:00Z") + duration("24h") == timestamp("2024-01-02T00:00:00Z")',
  'timestamp("2024-01-02T00:00:00+02:00") - timestamp("2024-01-01T00:00:00Z") == duration("22h")',
  'string(timestamp("2024-01-02T00:00:00.250+02:00")) == "2024-01-01T22:00:00.25Z"',
)
holds(
  'lists and sets',
  '[1, 2, 3].isSorted() && !["b", "a"].isSorted() && [].isSorted()',
  '[1, 3].sum() == 4 && [1.0, 3.0].sum() == 4.0 && [duration("1m"), duration("1s")].sum() == duration("61s")',
  '[3, 1].min() == 1 && [3, 1].max() == 3 && ["a", "b"].max() == "b"',
  '[1, 2, 2, 3].indexOf(2) == 1 && [1, 2, 2, 3].lastIndexOf(2) == 2 && [1].indexOf(5) == -1',
  'sets.contains([1, 2], [2]) && sets.intersects([1, 2], [2, 3]) && sets.equivalent([1, 2, 2], [2, 1])',
)
holds(
  'addresses',
  'isIP("127.0.0.1") && isIP("::1") && !isIP("127.0.0.256") && !isIP(":::1") && !isIP("::ffff:1.2.3.4")',
  'ip("127.0.0.1").family() == 4 && ip("::1").family() == 6 && ip("::").isUnspecified() && ip("::1").isLoopback()',
  'ip("169.254.169.254").isLinkLocalUnicast() && ip("224.0.0.1").isLinkLocalMulticast()',
  'ip("192.168.0.1").isGlobalUnicast() && !ip("255.255.255.255").isGlobalUnicast() && !ip("ff00::1").isGlobalUnicast()',
  'ip.isCanonical("2001:db8::abcd") && !ip.isCanonical("2001:DB8::ABCD") && string(ip("::1")) == "::1"',
  'cidr("192.168.0.0/24").containsIP(ip("192.168.0.1")) && !cidr("192.168.0.0/24").containsIP("192.168.1.1")',
  'cidr("192.168.0.0/16").containsCIDR("192.168.10.0/24") && !cidr("192.168.1.0/24").containsCIDR("192.168.2.0/24")',
  'cidr("192.168.0.1/24").masked() == cidr("192.168.0.0/24") && cidr("::1/128").prefixLength() == 128',
  'cidr("192.168.0.1/24").ip() == ip("192.168.0.1") && isCIDR("::1/128") && !isCIDR("192.168.0.0/33")',
)
holds(
  'URLs',
  'isURL("https://user:pass@example.com:80/path?query=val#fragment") && isURL("/path") && !isURL("../path")',
  '!isURL("https://a:b:c/") && url("https://example.com:80/").getHost() == "example.com:80"',
  'url("https://[::1]:80/").getHostname() == "::1" && url("https://example.com:80/").getPort() == "80"',
  'url("https://example.com/path with spaces/").getEscapedPath() == "/path%20with%20spaces/"',
  'url("https://example.com/path?k1=a&k2=b&k2=c").getQuery() == {"k1": ["a"], "k2": ["b", "c"]}',
  'url("/path").getScheme() == "" && url("https://example.com/").getScheme() == "https"',
)
holds(
  'quantities and versions',
  'isQuantity("1.3Gi") && !isQuantity("1,3G") && !isQuantity("200K") && quantity("200M").compareTo(quantity("0.2G")) == 0',
  'quantity("150Mi").isGreaterThan(quantity("100Mi")) && quantity("50M").isLessThan(quantity("50Mi"))',
  'quantity("50k").add(quantity("20k")) == quantity("70k") && quantity("50k").sub(20000) == quantity("30k")',
  'quantity("50k").asInteger() == 50000 && quantity("500m").asApproximateFloat() == 0.5 && sign(quantity("-1")) == -1',
  '!quantity("500m").isInteger() && quantity("1Gi") == quantity("1024Mi")',
  'isSemver("1.0.0") && !isSemver("v1.0") && isSemver("v1.0", true) && semver("01.01.01", true) == semver("1.1.1")',
  'semver("1.2.3").minor() == 2 && semver("1.0.0-alpha").isLessThan(semver("1.0.0"))',
  'semver("1.0.0-alpha.2").compareTo(semver("1.0.0-alpha.10")) == -1',
)
holds(
  'formats',
  '!format.dns1123Label().validate("my-label-name").hasValue() && format.dns1123Label().validate("A").hasValue()',
  'format.named("uuid").value().validate("nope").value() == ["does not match the UUID format"]',
  '!format.named("none").hasValue() && !format.dns1123LabelPrefix().validate("my-label-prefix-").hasValue()',
)
fails(
  'what cannot be done',
  ['x.missing', 'no such key: missing'],
  ['x.none.a', 'no such key: a'],
  ['{"a": 1}["b"]', 'no such key: b'],
  ['x.list[3]', 'index out of bounds: 3'],
  ['1 / 0', 'division by zero'],
  ['1 % 0', 'modulus by zero'],
  ['9223372036854775807 + 1', 'integer overflow'],
  ['uint(-1)', 'unsigned integer overflow'],
  ['x.n < "a"', 'no such overload'],
  ['x.n.startsWith("a")', 'no such overload: startsWith(int, string)'],
  ['x.n && true', 'no such overload'],
  ['int("a")', "type conversion error from 'string' to 'int'"],
  ['timestamp(x.t)', "type conversion error from 'string' to 'google.protobuf.Timestamp'"],
  ['[].min()', 'min called on empty list'],
  ['optional.none().value()', 'optional.none() dereference'],
  ['"abc".charAt(9)', 'index out of range: 9'],
  ['"abc".substring(2, 1)', 'invalid substring range. start: 2, end: 1'],
  ['quantity("500m").asInteger()', 'cannot convert value to integer'],
  ['["a", "a"].transformMapEntry(i, v, {v: i})', 'insert failed: key a already exists'],
)

test('what a patch may leave out, and does, is not in it', () => {
  const outcome = expressionOf('Object{metadata: Object.metadata{?labels: x.?none2, ?annotations: x.?map}, n: x.n}')(
    variables,
  )
  expect('value' in outcome ? fromCel(outcome.value) : outcome.problem).toEqual({
    metadata: { annotations: { a: 1, 'b-c': { d: null } } },
    n: 3,
  })
})

test('whether one member is there, asks nothing of the others', () => {
  const object = { a: 1n }
  Object.defineProperty(object, 'b', { enumerable: true, get: () => expect.fail('asked') })
  expect(expressionOf('has(object.a) && !has(object.c)')({ object })).toEqual({ value: true })
})
