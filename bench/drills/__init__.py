"""Safety drills: the real commands against hostile servers, addresses, documents and feeds, with a figure for each.

    python -m bench.drills [--hostile ../shared/hostile] [--only http,ssrf,documents,feeds] [--long]
    python -m bench.drills --only A2,B12 [--long]         a row of A (crash), B (disk), C (clock), H (Slack), I (mail)

Without strace (``apt-get install strace``) no row kills at a system call, without root none mounts a disk of its own,
without Chromium no mail is looked at: such a row says so and counts as not run. The attack tools stand beside the
project (`hostile/README.md` there); without them nothing is done. Everything stays on this machine: loopback, and a
network namespace in which every address of the world is this machine's own.
"""
