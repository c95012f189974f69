"""The boto3 client that the scripts beside this one use."""

import base64

import boto3
from botocore.config import Config


def client(endpoint):
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20, proxies={})
    return boto3.client("kinesis", endpoint_url=endpoint, config=config)


def base64_text(data):
    return base64.b64encode(data).decode("ascii")


def read_shard(kinesis, stream, shard_id, **position):
    """Every record from a position on, and whether the shard has ended."""
    iterator = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard_id, **position)["ShardIterator"]
    records = []
    while iterator is not None:
        answer = kinesis.get_records(ShardIterator=iterator, Limit=100)
        records += answer["Records"]
        iterator = answer.get("NextShardIterator")
        if not answer["Records"] and answer["MillisBehindLatest"] == 0:
            break
    return records, iterator is None


def read_stream(kinesis, stream):
    """Every record of a stream, shard by shard, by ListShards pages of two."""
    shards = []
    page = kinesis.list_shards(StreamName=stream, MaxResults=2)
    shards += page["Shards"]
    while "NextToken" in page:
        page = kinesis.list_shards(NextToken=page["NextToken"], MaxResults=2)
        shards += page["Shards"]
    records = []
    for shard in shards:
        records += read_shard(kinesis, stream, shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[0]
    return records
