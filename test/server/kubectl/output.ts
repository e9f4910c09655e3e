/** What kubectl prints, with everything blanked out that may differ between two servers. */
import { SUFFIX_PATTERN } from '../transcripts/translation.ts'

const AGE = /(?<![\w.:=/-])(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?![\w.:=/-])/g

/**
 * Lines as they come, but for the width of columns: names and ages are wider or narrower elsewhere. Sentences of
 * `explain` are upstream's and not required.
 */
export const normalOutput = (text: string): readonly string[] =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?\+0000( UTC)?|Z)/g, '<time>')
    .replace(/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} [\d:]+ \+0000/g, '<time>')
    .replace(/https?:\/\/(SERVER|127\.0\.0\.1:\d+)/g, '<server>')
    .replace(/\/tmp\/(LIVE|MERGED)-\w+/g, '/tmp/$1-N')
    .replace(/(resourceVersion"?: )"\d+"/g, '$1"<rv>"')
    .replace(/10\.96\.\d+\.\d+/g, '<ip>')
    .replace(/:3[0-2]\d{3}\/(TCP|UDP|SCTP)/g, ':<port>/$1')
    .replace(/(nodePort"?: )3[0-2]\d{3}/g, '$1<port>')
    .replace(/X509SHA256=[0-9a-f]+/g, 'X509SHA256=<hash>')
    .replace(new RegExp(`-(${SUFFIX_PATTERN})(?![\\w-])`, 'g'), '-<x>')
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
    .replace(/(Client Version: |"gitVersion": "|"gitCommit": "|"goVersion": ")[\w.]+/g, '$1<build>')
    .replace(AGE, (age) => (age === '' ? '' : '<age>'))
    .split('\n')
    .map((line) => line.replace(/ +$/, '').replace(/(\S) {2,}/g, '$1 '))
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/-{3,}/g, '---'))
    // A path that the recorded build alone opens to everybody.
    .filter((line) => line !== '' && !/^ *\[\/\.well-known/.test(line))

/** Of `explain`: the fields and what is said of them, without sentences. */
export const explained = (text: string): readonly string[] =>
  normalOutput(text).filter((line) => /^ ?[A-Z]+:|^ *[\w$-]+ <|^ *enum:/.test(line))

/** Lines that one of the two does not have. */
const UNSAID: ReadonlySet<string> = new Set(['<waiting>', ' started: true', ' "started": true,'])

/**
 * The same where timing, machines and chance decide: hashes, addresses, machines and images' places are blanked out, and a
 * client that waits may look at more or fewer steps on the way.
 */
export const shapeOf = (text: string): readonly string[] => {
  const lines = normalOutput(text)
    .map((line) => line.replace(/\b(?=[a-z0-9]*\d)[bcdfghjklmnpqrstvwxz2456789]{8,10}\b/g, '<hash>'))
    // The recorded kubelets ran over a runtime that only plays one, which names things otherwise and says less.
    .map((line) => line.replace(/\b(fakeRuntime|containerd):\/\/[\w.<>-]+/g, '<runtime>'))
    .map((line) => line.replace(/docker\.io\/library\//, '').replace(/(Image ID|imageID"?): .*/, '$1: <image>'))
    .map((line) => line.replace(/Debian GNU\/Linux .* (?=<runtime>)/, '<system> '))
    .map((line) =>
      line
        .replace(/\bapiserver-[a-z2-7]{26}(?![a-z2-7])/g, 'apiserver-<host>')
        .replace(/\b(host|cp-1)_(?=<uid>)/g, '<host>_'),
    )
    .map((line) => line.replace(/\bnode-[ab](\/[\d.]+)?\b/g, '<node>'))
    .map((line) => line.replace(/\b(192\.168|192\.0|10\.244|172\.16)\.\d+\.\d+\b/g, '<ip>'))
    .map((line) =>
      line.replace(/^Waiting for (deployment|daemon set|\d+ pods|partitioned|statefulset).*$/, '<waiting>'),
    )
  return lines.filter((line, i) => !UNSAID.has(line) && line !== lines[i - 1])
}
