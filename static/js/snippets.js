// A question as code that one can paste: curl, and each dialect's own SDK in Python.

import { WEATHER, tongues } from "./tongues.js";

class Code {
  constructor(text) { this.text = text; }
}

// curl.

const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const named = (image) => {
  const data = image && `<base64 of ${image.name}>`;
  return image && { ...image, data, url: `data:${image.kind};base64,${data}` };
};

export const curl = (site, dialect, question) => {
  const { path, headers, body } = tongues[dialect].ask({ ...question, image: named(question.image) });
  const key = tongues[dialect].key === "Authorization" ? "Authorization: Bearer" : `${tongues[dialect].key}:`;
  const lines = [
    `curl${question.stream ? " -N" : ""} ${quoted(site + path)}`,
    `  -H "${key} $POTLUCK_KEY"`,
    ...Object.entries(headers).map(([name, value]) => `  -H '${name}: ${value}'`),
    "  -H 'Content-Type: application/json'",
    `  -d ${quoted(JSON.stringify(body, null, 2))}`,
  ];
  return `export POTLUCK_KEY=sk-…\n${lines.join(" \\\n")}`;
};

// Python.

const literal = (value, depth) => {
  if (value instanceof Code) return value.text;
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null) return "None";
  if (typeof value !== "object") return JSON.stringify(value);
  const listed = Array.isArray(value);
  const items = listed
    ? value.map((each) => literal(each, depth + 1))
    : Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${literal(each, depth + 1)}`);
  const [open, close] = listed ? "[]" : "{}";
  const line = `${open}${items.join(", ")}${close}`;
  if (line.length + depth * 4 < 80 && !line.includes("\n")) return line;
  const space = "    ".repeat(depth + 1);
  return `${open}\n${items.map((each) => `${space}${each},\n`).join("")}${"    ".repeat(depth)}${close}`;
};

const called = (body, depth = 1) => Object.entries(body)
  .map(([name, value]) => `${"    ".repeat(depth)}${name}=${literal(value, depth)},\n`)
  .join("");

const pictured = (image) => image && {
  ...image,
  data: new Code("image"),
  url: new Code(`f"data:${image.kind};base64,{image}"`),
};

const opening = (lines, image) => [
  ...(image ? ["import base64"] : []),
  "import os",
  "",
  ...lines,
  "",
  ...(image ? [`image = base64.b64encode(open(${JSON.stringify(image.name)}, "rb").read()).decode()`] : []),
  "",
].join("\n");

const KEY = 'os.environ["POTLUCK_KEY"]';

const openai = (site, dialect, question) => {
  const { body } = tongues[dialect].ask({ ...question, image: pictured(question.image) });
  const start = opening(["from openai import OpenAI"], question.image)
    + `client = OpenAI(base_url="${site}/v1", api_key=${KEY})\n`;
  const method = dialect === "openai_chat" ? "chat.completions.create" : "responses.create";
  const call = `client.${method}(\n${called(body)})\n`;
  const { stream, tool } = question;
  if (dialect === "openai_chat") {
    const shown = tool ? "print(chunk.choices[0].delta)" : 'print(chunk.choices[0].delta.content or "", end="", flush=True)';
    return stream
      ? `${start}for chunk in ${call.trimEnd()}:\n    if chunk.choices:\n        ${shown}\n`
      : `${start}answer = ${call}print(answer.choices[0].message${tool ? "" : ".content"})\n`;
  }
  const wanted = tool ? 'event.type.endswith(".delta")' : 'event.type == "response.output_text.delta"';
  return stream
    ? `${start}for event in ${call.trimEnd()}:\n    if ${wanted}:\n        print(event.delta, end="", flush=True)\n`
    : `${start}answer = ${call}print(answer.${tool ? "output" : "output_text"})\n`;
};

const anthropic = (site, dialect, question) => {
  const asked = tongues[dialect].ask({ ...question, image: pictured(question.image) });
  // Its newer versions take no temperature by that name.
  const { stream, temperature, ...rest } = asked.body;
  const body = temperature === undefined ? rest : { ...rest, extra_body: { temperature } };
  const calls = question.tool ? "    print(stream.get_final_message().content)\n" : "";
  const start = opening(["from anthropic import Anthropic"], question.image)
    + `client = Anthropic(base_url="${site}", api_key=${KEY})\n`;
  return stream
    ? `${start}with client.messages.stream(\n${called(body)}) as stream:\n    for text in stream.text_stream:\n        print(text, end="", flush=True)\n${calls}`
    : `${start}answer = client.messages.create(\n${called(body)})\nprint(answer.content)\n`;
};

const genai = (site, dialect, question) => {
  const { model, system, message, image, limit, temperature, stream, tool } = question;
  const read = image && `open(${JSON.stringify(image.name)}, "rb").read()`;
  const picture = image && new Code(`types.Part.from_bytes(data=${read}, mime_type="${image.kind}")`);
  const config = {
    ...(system && { system_instruction: system }),
    ...(limit !== null && { max_output_tokens: limit }),
    ...(temperature !== null && { temperature }),
    ...(tool && { tools: [{ function_declarations: [WEATHER] }] }),
  };
  const body = {
    model,
    contents: image ? [...(message.trim() ? [message] : []), picture] : message,
    ...(Object.keys(config).length && { config }),
  };
  const start = opening(["from google import genai", "from google.genai import types"], null)
    + `client = genai.Client(\n    api_key=${KEY},\n    http_options=types.HttpOptions(base_url="${site}"),\n)\n`;
  return stream
    ? `${start}for chunk in client.models.generate_content_stream(\n${called(body)}):\n    print(${tool ? "chunk.function_calls or " : ""}chunk.text or "", end="", flush=True)\n`
    : `${start}answer = client.models.generate_content(\n${called(body)})\nprint(answer.${tool ? "function_calls" : "text"})\n`;
};

const SDKS = {
  openai_chat: ["openai", openai],
  openai_responses: ["openai", openai],
  anthropic: ["anthropic", anthropic],
  gemini: ["google-genai", genai],
};

// { sdk, text }; `sdk` is what pip calls it.
export const python = (site, dialect, question) => {
  const [sdk, write] = SDKS[dialect];
  return { sdk, text: write(site, dialect, question).trimEnd() };
};
