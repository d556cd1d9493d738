"""The discipline commission's witness: co-signs the log's checkpoints and marks draw rounds.

It runs on the commission's own machine with the commission's own keys, knows nothing of the
business, and needs neither Django nor a network: `python -m audit_log.witness --help`. What it
speaks is the C2SP `tlog-witness` protocol, over HTTP or, the same bytes, as files in two folders:

* `NAME.add-checkpoint` in the inbox: the body of an add-checkpoint call, that is `old <size>`, the
  base64 hashes of the consistency proof, an empty line, the checkpoint.
* `NAME.mark` in the inbox: canonical JSON `{"v":1,"entry","index","proof","checkpoint"}`, with the
  text of a `draw.round_opened` entry, its place in the log, its inclusion proof (base64 hashes) and
  a checkpoint that this witness co-signed.
* `NAME.answer` in the outbox: a line with the HTTP status, then the body HTTP would carry.
"""
