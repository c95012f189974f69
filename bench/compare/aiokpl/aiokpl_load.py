"""Puts user records by aiokpl as fast as they are taken, and says when the measured time begins and ends.

Arguments: port, stream, bytes of a record, most records outstanding, seconds of warm-up, seconds, count.
With a count above 0 it puts this many numbered records, and only tells how it ended.
"""

import asyncio
import collections
import hashlib
import sys
import time

from aiokpl.config import Config
from aiokpl.producer import Producer

KEYS = [hashlib.sha256(str(i).encode()).hexdigest()[:8] for i in range(1_000)]
DATA = 997
BURST = 500


class Load:
    def __init__(self, producer: Producer, stream: str, size: int, count: int) -> None:
        self._producer = producer
        self._stream = stream
        self._data = [hashlib.shake_256(str(i).encode()).digest(size) for i in range(DATA)]
        self._outcomes = collections.deque()
        self._count = count
        self.handed_over = 0
        self.delivered = 0
        self.failed = 0
        self.is_wanted = True

    async def drive(self) -> None:
        while self.is_wanted:
            for _ in range(BURST):
                i = self.handed_over
                data = self._data[i % DATA]
                if self._count > 0:
                    data = b"%012d" % i + data[12:]
                outcome = await self._producer.put_record(
                    stream=self._stream, partition_key=KEYS[i % len(KEYS)], data=data
                )
                self._outcomes.append(outcome)
                self.handed_over += 1
                if self.handed_over == self._count:
                    self.is_wanted = False
                    return
            await asyncio.sleep(0)

    async def count(self) -> None:
        while self.is_wanted or self._outcomes:
            if not self._outcomes:
                await asyncio.sleep(0.001)
                continue
            result = await self._outcomes.popleft().wait()
            if result.success:
                self.delivered += 1
            else:
                self.failed += 1


def tell(moment: str, *numbers: int) -> None:
    print(moment, *numbers, flush=True)


async def main(port: str, stream: str, size: str, outstanding: str, warm_up: str, seconds: str, count: str) -> None:
    config = Config(
        region="us-east-1",
        endpoint_url=f"https://127.0.0.1:{port}",
        verify_ssl=False,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        max_outstanding_records=int(outstanding),
        # Its pace per shard never binds, as ours does not.
        rate_limit_records_per_sec_per_shard=1e12,
        rate_limit_bytes_per_sec_per_shard=1e15,
    )
    async with Producer(config) as producer:
        # The task that puts first is the one that must close it.
        first = await producer.put_record(stream=stream, partition_key="first", data=b"1")
        await first.wait()
        load = Load(producer, stream, int(size), int(count))
        driving = asyncio.create_task(load.drive())
        counting = asyncio.create_task(load.count())
        if int(count) == 0:
            await asyncio.sleep(float(warm_up))
            tell("begin", load.delivered, time.monotonic_ns())
            await asyncio.sleep(float(seconds))
            tell("end", load.delivered, time.monotonic_ns())
            load.is_wanted = False
        await driving
        await producer.flush()
        await counting
        tell("closed", load.handed_over, load.delivered, load.failed)


asyncio.run(main(*sys.argv[1:]))
