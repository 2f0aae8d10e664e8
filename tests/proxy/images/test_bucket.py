"""Where the buckets of known services are."""

from __future__ import annotations

import pytest

from proxy.images.bucket import qiniu, tencent


def test_qiniu_speaks_s3_at_its_regions_host() -> None:
    bucket = qiniu(name="b", region="cn-east-2", access_key="a", secret_key="s")
    assert (bucket.endpoint, bucket.region) == ("https://s3.cn-east-2.qiniucs.com", "cn-east-2")


def test_tencents_buckets_are_hosts_of_their_own() -> None:
    bucket = tencent(name="b-125", region="ap-guangzhou", secret_id="a", secret_key="s")
    assert bucket.endpoint == "https://cos.ap-guangzhou.myqcloud.com"
    assert (bucket.addressing, bucket.access_key) == ("virtual", "a")


@pytest.mark.parametrize("region", ["", "z0", "evil.example/", "cn-east-1.evil.example", "CN-EAST"])
def test_a_region_is_no_host(region: str) -> None:
    with pytest.raises(ValueError, match="QINIU_REGION must be"):
        qiniu(name="b", region=region, access_key="a", secret_key="s")
    with pytest.raises(ValueError, match="TENCENT_REGION must be"):
        tencent(name="b", region=region, secret_id="a", secret_key="s")


def test_the_secret_is_not_shown() -> None:
    bucket = qiniu(name="b", region="cn-east-1", access_key="a", secret_key="hunter2")
    assert "hunter2" not in repr(bucket)
