"""What aws_kinesis_agg makes of Kinesis records: for each line of the input, what came out of it, and how it ended when
not well."""

import base64
import contextlib
import io
import json
import sys

from aws_kinesis_agg.deaggregator import iter_deaggregate_records


def lambda_record(line):
    kinesis = {**line, "kinesisSchemaVersion": "1.0", "approximateArrivalTimestamp": 0}
    return {"kinesis": kinesis}


def text(value):
    """A key that is not UTF-8 comes out as bytes, which JSON has not: `b'...'`, no key of a record."""
    return value if isinstance(value, str) else repr(value)


def described(record, index):
    inner = record["kinesis"]
    aggregated = inner.get("aggregated", False)
    data = inner["data"]
    out = {
        "partitionKey": text(inner["partitionKey"]),
        "data": data.decode("ascii") if isinstance(data, bytes) else data,
        "sequenceNumber": inner["sequenceNumber"],
        "subSequenceNumber": index,
        "aggregated": aggregated,
    }
    if inner.get("explicitHashKey") is not None:
        out["explicitHashKey"] = text(inner["explicitHashKey"])
    return out


def answer_to(line):
    records = []
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told):
            for record in iter_deaggregate_records([lambda_record(line)]):
                records.append(described(record, len(records)))
    except Exception:
        return {"records": records, "error": "exception"}
    return {"records": records, "error": "message"} if told.getvalue() else {"records": records}


for line in sys.stdin:
    print(json.dumps(answer_to(json.loads(line))))
