/** What two servers need not agree on, so that their writes and objects can be compared. */
export const RULES = {
  times: 'times are blanked',
  uids: 'uids are blanked',
  addresses: 'addresses, ports and ids of containers that were chosen are blanked',
  versions: 'versions, field managers and times of creation are left out',
  empty: 'what is empty, zero or false is left out',
  defaults: 'defaults are filled in where the recording shows them filled in',
  unordered: 'conditions and endpoints are sorted',
  drawn: 'names drawn for Pods are blanked; at the end, Pods of one owner are a multiset',
  names: 'clock in names of Events, drawn names of addresses, slices and token volumes',
  told: 'Events have no order among themselves',
  foreign: 'what only the recorded build mounts into Pods',
} as const

export type Rule = keyof typeof RULES
