/**
 * Mistakes that implementations of Raft have made, or could. Each can be planted by `RaftOptions.bug`, and a canary test
 * shows that the invariants notice it; an oracle that never fails proves nothing.
 *
 * - `no-log-matching`: a follower appends whatever comes, without a look at what stands before.
 * - `truncates-always`: a follower cuts its log behind every append, so an old message that comes late takes back what was acknowledged.
 * - `votes-twice`: the vote is not written to disk, so a restarted member votes again in the same term.
 * - `votes-for-anyone`: a member votes for a candidate whose log is behind its own.
 * - `commits-old-terms`: a leader commits entries of earlier terms by counting copies (Ongaro 2014, figure 3.7).
 * - `small-majority`: a leader commits with one copy fewer than a majority.
 * - `acknowledges-early`: a follower answers before its disk has what it answers for, and a leader counts itself likewise.
 * - `campaigns-early`: a candidate asks for votes before its disk has the term it asks for.
 * - `reads-alone`: a leader answers reads without asking a majority whether it still leads.
 * - `reads-too-soon`: a new leader answers reads before it has committed an entry of its own term.
 * - `overlapping-changes`: a leader takes a change of the membership while another is under way.
 * - `snapshot-drops-tail`: a follower that installs a snapshot drops entries behind it that it has acknowledged.
 * - `no-term-check`: messages of earlier terms are handled as if they were of this one.
 */
export type RaftBug =
  | 'no-log-matching'
  | 'truncates-always'
  | 'votes-twice'
  | 'votes-for-anyone'
  | 'commits-old-terms'
  | 'small-majority'
  | 'acknowledges-early'
  | 'campaigns-early'
  | 'reads-alone'
  | 'reads-too-soon'
  | 'overlapping-changes'
  | 'snapshot-drops-tail'
  | 'no-term-check'
