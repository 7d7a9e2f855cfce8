"""How a command waits for a batch: a bar on a terminal, and a word where no worker comes."""

from __future__ import annotations

import sys
import time

from django.core.management.base import OutputWrapper

from credentials.models import Batch

POLL_SECONDS = 0.1
# A worker that runs takes up a batch within a second. We say that none does after this long, which with starting up is
# less than five seconds.
WORKER_PATIENCE_SECONDS = 2.5
FOLLOWED = ["state", "issued", "skipped", "failed", "cancelled", "finished_at", "pause_reason"]


def follow(batch: Batch, stream: OutputWrapper, *, wait: bool, quiet: bool) -> None:
    """Wait until the batch is final, or paused by a worker; without `wait` only until a worker has taken it up.

    quiet: no bar. Ctrl-C ends the waiting alone, and this process.
    """
    progress = Progress(stream if not quiet and sys.stderr.isatty() else None, batch)
    started, warned = time.monotonic(), False
    try:
        while not (batch.finished_at or batch.pause_reason or (not wait and _is_taken_up(batch))):
            if not warned and time.monotonic() - started > WORKER_PATIENCE_SECONDS and not _is_taken_up(batch):
                warned = True
                stream.write("No worker has taken this up yet. Is one running? `python3 dev.py run` starts one.")
                if not wait:
                    return
            time.sleep(POLL_SECONDS)
            batch.refresh_from_db(fields=FOLLOWED)
            progress.show(batch)
    except KeyboardInterrupt:
        stream.write("\nStopped watching. The batch goes on.")
        sys.exit(130)
    finally:
        progress.end()


class Progress:
    """A bar on a terminal; nothing elsewhere."""

    WIDTH = 36

    def __init__(self, stream: OutputWrapper | None, batch: Batch) -> None:
        self._stream = stream
        self._total = batch.total or 1

    def show(self, batch: Batch) -> None:
        if self._stream is None:
            return
        filled = self.WIDTH * batch.done // self._total
        bar = "█" * filled + "·" * (self.WIDTH - filled)
        self._stream.write(f"\r{bar} {batch.done} of {self._total}", ending="")
        self._stream.flush()

    def end(self) -> None:
        if self._stream is not None:
            self._stream.write("")


def _is_taken_up(batch: Batch) -> bool:
    return batch.done > 0 or batch.finished_at is not None or batch.chunks.exclude(owner="").exists()
