from __future__ import annotations

import pytest

from proxy.dialects.base import ModelInfo
from proxy.dialects.gemini import MODELS
from proxy.errors import GatewayError

MANY = [ModelInfo(f"m-{number}", "google") for number in range(120)]


def test_pages_follow_each_other_and_end() -> None:
    names: list[str] = []
    query: dict[str, str] = {}
    sizes = []
    while True:
        page = MODELS.render_list(MANY, query)
        names += [model["name"] for model in page["models"]]
        sizes.append(len(page["models"]))
        if "nextPageToken" not in page:
            break
        query = {"pageToken": page["nextPageToken"]}
    assert names == [f"models/{model.id}" for model in MANY]
    assert sizes == [50, 50, 20]


@pytest.mark.parametrize(("size", "count"), [("7", 7), ("0", 50), ("5000", 120)])
def test_the_size_of_a_page_is_the_clients(size: str, count: int) -> None:
    assert len(MODELS.render_list(MANY, {"pageSize": size})["models"]) == count


@pytest.mark.parametrize("query", [{"pageSize": "x"}, {"pageToken": "?"}, {"pageToken": "YWJj"}])
def test_a_wrong_query_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(GatewayError):
        MODELS.render_list(MANY, query)


def test_an_embedding_model_says_so() -> None:
    methods = MODELS.render_model(ModelInfo("gemini-embedding-001", "google"))
    assert methods["supportedGenerationMethods"] == ["embedContent", "batchEmbedContents"]
