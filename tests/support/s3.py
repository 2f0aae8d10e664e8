"""A server that speaks S3, on loopback: moto's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

from proxy.images.bucket import Bucket

REGION = "us-east-1"


@contextmanager
def bucket(name: str = "pictures") -> Iterator[Bucket]:
    """An empty bucket of a server of its own."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    found = Bucket(
        name=name,
        access_key="testing",
        secret_key="testing-secret",
        endpoint=f"http://{host}:{port}",
        region=REGION,
        addressing="path",
    )
    try:
        client(found).create_bucket(Bucket=name)
        yield found
    finally:
        server.stop()


def client(bucket: Bucket) -> boto3.client:
    return boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
    )
