"""The user records of a Kinesis record, also those of a compressed aggregate (docs/compression.md).

    pip install aws-kinesis-agg zstandard
"""

import gzip
import hashlib
import io
from typing import NamedTuple, Optional

import zstandard
from aws_kinesis_agg import DIGEST_SIZE, MAGIC
from aws_kinesis_agg.deaggregator import messages_pb2
from google.protobuf.message import DecodeError

# One byte more than the tag says shows that there is more. No codec makes more bytes than that.
CODECS = {
    "gzip": lambda body, size: gzip.GzipFile(fileobj=io.BytesIO(body)).read(size + 1),
    "zstd": lambda body, size: zstandard.ZstdDecompressor().stream_reader(body).read(size + 1),
}


class UserRecord(NamedTuple):
    partition_key: str
    explicit_hash_key: Optional[str]
    data: bytes
    tags: dict


class UnreadableRecord(Exception):
    """A compressed aggregate that cannot be opened: its records must not be skipped."""


def user_records(data, partition_key, max_bytes=64 * 1024 * 1024):
    """The list of user records in the data of one Kinesis record. `max_bytes` bounds the opened message."""
    aggregate = parsed_aggregate(data)
    if aggregate is None:
        return [UserRecord(partition_key, None, data, {})]
    return list(records_of(opened(aggregate, max_bytes)))


def parsed_aggregate(data):
    """The message, or None for a record that is no aggregate."""
    body, digest = data[len(MAGIC) : -DIGEST_SIZE], data[-DIGEST_SIZE:]
    if not data.startswith(MAGIC) or not body or hashlib.md5(body).digest() != digest:
        return None
    return parsed_message(body)


def parsed_message(body):
    try:
        message = messages_pb2.AggregatedRecord.FromString(body)
    except DecodeError:
        return None
    return message if message.IsInitialized() else None


def opened(aggregate, max_bytes):
    """The aggregate inside, or the same if it is not compressed."""
    form = {tag.key: tag.value for tag in aggregate.records[0].tags}.get("~c") if len(aggregate.records) == 1 else None
    if form is None:
        return aggregate
    codec, count, size = form.split(" ")
    if codec not in CODECS:
        raise UnreadableRecord(f'no decoder for the codec "{codec}"')
    if int(size) > max_bytes:
        raise UnreadableRecord(f"{size} bytes when it is opened, above max_bytes ({max_bytes})")
    try:
        body = CODECS[codec](aggregate.records[0].data, int(size))
    except Exception as error:
        raise UnreadableRecord(f"{codec} cannot decompress it: {error}") from error
    inner = parsed_message(body) if len(body) == int(size) else None
    if inner is None or len(inner.records) != int(count):
        raise UnreadableRecord("its content is not what its tag says")
    return inner


def records_of(message):
    for record in message.records:
        hash_key = None
        if record.HasField("explicit_hash_key_index"):
            hash_key = message.explicit_hash_key_table[record.explicit_hash_key_index]
        tags = {tag.key: tag.value for tag in record.tags}
        yield UserRecord(message.partition_key_table[record.partition_key_index], hash_key, record.data, tags)
