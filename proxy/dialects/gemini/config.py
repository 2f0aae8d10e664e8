"""`generationConfig`: sampling and the form of the answer."""

from __future__ import annotations

from typing import Any

from proxy.dialects import reading
from proxy.dialects.base import JSON
from proxy.dialects.gemini import enums, schema
from proxy.dialects.gemini.fields import ABSENT, Reader, Writer
from proxy.ir import Format, Output, Sampling

_UNSAID = Sampling()
_MIMES = {"application/json": Format.JSON, "text/plain": Format.TEXT}


def sampling(reader: Reader | None) -> Sampling:
    if reader is None:
        return _UNSAID
    stop = reader.items("stopSequences")
    return Sampling(
        temperature=reader.get("temperature", reading.number),
        top_p=reader.get("topP", reading.number),
        top_k=reader.get("topK", reading.number),
        presence_penalty=reader.get("presencePenalty", reading.number),
        frequency_penalty=reader.get("frequencyPenalty", reading.number),
        max_tokens=reader.get("maxOutputTokens", reading.integer),
        seed=reader.get("seed", reading.integer),
        n=reader.get("candidateCount", reading.integer),
        logprobs=reader.get("responseLogprobs", reading.flag),
        top_logprobs=reader.get("logprobs", reading.integer),
        stop=None if stop is None else tuple(reading.text(*item) for item in stop),
    )


def write_sampling(writer: Writer, said: Sampling) -> None:
    if said == _UNSAID and writer.fresh:
        return
    writer.fill(
        {
            "temperature": said.temperature,
            "topP": said.top_p,
            "topK": said.top_k,
            "presencePenalty": said.presence_penalty,
            "frequencyPenalty": said.frequency_penalty,
            "maxOutputTokens": said.max_tokens,
            "seed": _int32(said.seed),
            "candidateCount": said.n,
            "logprobs": said.top_logprobs,
            "responseLogprobs": said.logprobs,
            "stopSequences": None if said.stop is None else list(said.stop),
        }
    )


def _int32(seed: int | None) -> int | None:
    """Google's seeds have 32 bits; the same larger seed still gives the same seed."""
    return seed if seed is None or -(2**31) <= seed < 2**31 else seed % 2**31


def output(reader: Reader | None) -> Output | None:
    if reader is None:
        return None
    mime, form = _mime(reader)
    wanted = _schema(reader)
    if wanted is not None:
        form = Format.SCHEMA
    modalities = _modalities(reader)
    ratio = size = ""
    image = reader.inner("imageConfig")
    if image is not None:
        ratio, size = image.string("aspectRatio"), image.string("imageSize")
    if form in (Format.JSON, Format.SCHEMA) and mime != "application/json":
        spelt = ABSENT if mime is None and not reader.null("responseMimeType") else mime
        reader.memo("responseMimeType", spelt, "application/json")
    if form is None and modalities is None and image is None:
        return None
    return Output(
        format=form, schema=wanted, modalities=modalities, aspect_ratio=ratio, image_size=size
    )


def _mime(reader: Reader) -> tuple[str | None, Format | None]:
    mime = reader.get("responseMimeType", reading.text)
    form = _MIMES.get(mime.lower()) if mime else None
    if mime is not None:
        # `text/x.enum` and the like: no other dialect has them.
        reader.memo("responseMimeType", mime, _CANONICAL[form])
    return mime, form


_CANONICAL: dict[Format | None, str | None] = {
    None: None,
    Format.TEXT: "text/plain",
    Format.JSON: "application/json",
    Format.SCHEMA: "application/json",
}


def _schema(reader: Reader) -> Any:
    wanted = reader.raw("responseJsonSchema")
    if wanted is not None:
        return reading.obj(wanted, reader.place("responseJsonSchema"))
    wire = reader.get("responseSchema", reading.obj)
    if wire is None:
        return None
    wanted = schema.plain(wire)
    reader.memo("responseSchema", wire, wanted)
    return wanted


def _modalities(reader: Reader) -> tuple[str, ...] | None:
    items = reader.items("responseModalities")
    if items is None:
        return None
    wire = [enums.word(value, path) for value, path in items]
    names = tuple(enums.name(value, enums.MODALITIES).lower() for value in wire)
    reader.memo("responseModalities", wire, [name.upper() for name in names])
    return names


def write_output(writer: Writer, said: Output | None) -> None:
    if said is None and writer.fresh:
        return
    form = said.format if said else None
    writer.put("responseMimeType", _CANONICAL[form])
    wanted = _described(said)
    subset = writer.recall("responseSchema", wanted)
    writer.put("responseJsonSchema", None if subset else wanted)
    modalities = said.modalities if said else None
    shown = None if modalities is None else [one.upper() for one in modalities]
    writer.put("responseModalities", shown)
    image = writer.inner("imageConfig")
    image.put("aspectRatio", (said and said.aspect_ratio) or None)
    image.put("imageSize", (said and said.image_size) or None)


def _described(said: Output | None) -> JSON | None:
    """The schema; OpenAI describes it beside the schema, Google inside."""
    if said is None or said.schema is None:
        return None
    if said.description and "description" not in said.schema:
        return {**said.schema, "description": said.description}
    return dict(said.schema)
