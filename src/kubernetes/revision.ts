/**
 * Revisions over the lives of an etcd.
 *
 * A restore that does not move the revision on counts some revisions twice: 4,711 is one write before it and another one after
 * it, and whoever compares them is led astray. In a log one number must mean one thing, so each such restore begins a new life:
 * a large number is added to all revisions from then on, and whoever is to be led astray compares what the real ones would show,
 * the rest after that number.
 */
const LIFE = 1_099_511_627_776

/** What a real one would show. */
export const shownRevision = (revision: number): number => revision % LIFE

const lifeOf = (revision: number): number => revision - shownRevision(revision)

/** Whether a position counts as at least another, whichever life each is of. */
export const hasReached = (position: number, wanted: number): boolean =>
  shownRevision(position) >= shownRevision(wanted)

/** The revision that `revision` is taken for in the life of `present`. */
export const takenFor = (revision: number, present: number): number =>
  revision <= 0 ? revision : lifeOf(present) + shownRevision(revision)

/** Where a cluster goes on that was restored to `kept` without a bump, when `newest` was the last revision ever told. */
export const nextLife = (kept: number, newest: number): number => lifeOf(newest) + LIFE + shownRevision(kept)
