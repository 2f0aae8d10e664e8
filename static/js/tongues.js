// The four dialects: how a question is asked in each, and what an answer's JSON says.
//
// A question is { model, system, message, image: null | { url, kind, data, name }, limit,
// temperature, stream, tool }. `ask` makes { path, headers, body } of it, where headers have no key
// in them: `key` names the header that it goes into. `hear` (an event of a stream) and `read` (a
// whole answer) make pieces: { text }, { thought }, { tool: { at, name, args } }, { image },
// { usage }, { finish }, { model }, { error: { code, message } }.

const WEATHER = {
  name: "get_weather",
  description: "The weather in a city at this moment.",
  parameters: {
    type: "object",
    properties: { city: { type: "string", description: "As Kyoto" } },
    required: ["city"],
  },
};

const said = (pairs) => Object.fromEntries(
  Object.entries(pairs).filter(([, value]) => value !== null && value !== undefined && value !== ""),
);

// Text and a picture, each only if there is one: some services refuse a text that is empty.
const worded = (message, text, picture) => [...(message.trim() ? [text] : []), ...(picture ? [picture] : [])];

// Errors: the code stands at another place in each dialect.

const fault = (body) => {
  const error = body?.error ?? body;
  if (typeof error === "string") return { code: "", message: error };
  const reason = error?.details?.find?.((each) => each.reason)?.reason?.toLowerCase();
  const code = error?.details?.error_code ?? reason ?? error?.code ?? error?.type ?? error?.status;
  return { code: String(code ?? ""), message: String(error?.message ?? "") };
};

const counted = (input, output, thinking, cached) => ({
  usage: said({ input, output, thinking, cached }),
});

// OpenAI Chat.

const chatUsage = (usage) => counted(
  usage.prompt_tokens,
  usage.completion_tokens,
  usage.completion_tokens_details?.reasoning_tokens,
  usage.prompt_tokens_details?.cached_tokens,
);

const chatMessage = (message = {}) => {
  const pieces = [];
  const thought = message.reasoning_content ?? message.reasoning;
  if (typeof thought === "string" && thought) pieces.push({ thought });
  if (typeof message.content === "string" && message.content) pieces.push({ text: message.content });
  if (message.refusal) pieces.push({ text: message.refusal });
  for (const [place, call] of (message.tool_calls ?? []).entries()) {
    const tool = { at: call.index ?? place, name: call.function?.name, args: call.function?.arguments };
    pieces.push({ tool });
  }
  for (const each of message.images ?? []) pieces.push({ image: each.image_url?.url });
  return pieces;
};

const chatBody = (body, which) => {
  if (body.error) return [{ error: fault(body) }];
  const choice = body.choices?.[0];
  const pieces = chatMessage(choice?.[which]);
  if (body.model) pieces.push({ model: body.model });
  if (choice?.finish_reason) pieces.push({ finish: choice.finish_reason });
  if (body.usage) pieces.push(chatUsage(body.usage));
  return pieces;
};

const chat = {
  key: "Authorization",
  ask: (question) => {
    const { model, system, message, image, limit, temperature, stream, tool } = question;
    const content = image
      ? worded(message, { type: "text", text: message }, { type: "image_url", image_url: { url: image.url } })
      : message;
    // OpenAI's models that think refuse the older name of the limit.
    const most = /(^|\/)(gpt-[5-9]|o\d)/.test(model) ? "max_completion_tokens" : "max_tokens";
    return {
      path: "/v1/chat/completions",
      headers: {},
      body: said({
        model,
        messages: [...(system ? [{ role: "system", content: system }] : []), { role: "user", content }],
        [most]: limit,
        temperature,
        stream: stream || null,
        stream_options: stream ? { include_usage: true } : null,
        tools: tool ? [{ type: "function", function: WEATHER }] : null,
      }),
    };
  },
  hear: (body) => chatBody(body, "delta"),
  read: (body) => chatBody(body, "message"),
};

// OpenAI Responses.

const responsesUsage = (usage) => counted(
  usage.input_tokens,
  usage.output_tokens,
  usage.output_tokens_details?.reasoning_tokens,
  usage.input_tokens_details?.cached_tokens,
);

const responsesEnd = (body) => {
  const pieces = [];
  if (body.error) pieces.push({ error: fault(body) });
  if (body.model) pieces.push({ model: body.model });
  const finish = body.incomplete_details?.reason ?? body.status;
  if (finish && finish !== "in_progress") pieces.push({ finish });
  if (body.usage) pieces.push(responsesUsage(body.usage));
  return pieces;
};

const responsesItem = (item, at) => {
  switch (item.type) {
    case "message":
      return (item.content ?? []).map((part) => ({ text: part.text ?? part.refusal ?? "" }));
    case "reasoning":
      return [...(item.summary ?? []), ...(item.content ?? [])].map((part) => ({ thought: part.text }));
    case "function_call":
      return [{ tool: { at, name: item.name, args: item.arguments } }];
    case "image_generation_call":
      return item.result ? [{ image: `data:image/png;base64,${item.result}` }] : [];
    default:
      return [];
  }
};

const responses = {
  key: "Authorization",
  ask: (question) => {
    const { model, system, message, image, limit, temperature, stream, tool } = question;
    const picture = image && { type: "input_image", image_url: image.url };
    const content = worded(message, { type: "input_text", text: message }, picture);
    return {
      path: "/v1/responses",
      headers: {},
      body: said({
        model,
        instructions: system,
        input: image ? [{ role: "user", content }] : message,
        max_output_tokens: limit,
        temperature,
        stream: stream || null,
        store: false,
        tools: tool ? [{ type: "function", ...WEATHER }] : null,
      }),
    };
  },
  hear: (body) => {
    switch (body.type) {
      case "response.output_text.delta":
      case "response.refusal.delta":
        return [{ text: body.delta }];
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        return [{ thought: body.delta }];
      case "response.output_item.added":
        return body.item?.type === "function_call"
          ? [{ tool: { at: body.output_index, name: body.item.name } }]
          : [];
      case "response.function_call_arguments.delta":
        return [{ tool: { at: body.output_index, args: body.delta } }];
      case "response.output_item.done":
        return body.item?.type === "image_generation_call"
          ? responsesItem(body.item, body.output_index)
          : [];
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        return responsesEnd(body.response ?? {});
      case "error":
        return [{ error: fault(body) }];
      default:
        return body.error ? [{ error: fault(body) }] : [];
    }
  },
  read: (body) => [...(body.output ?? []).flatMap(responsesItem), ...responsesEnd(body)],
};

// Anthropic.

const anthropicUsage = (usage) => counted(
  usage.input_tokens,
  usage.output_tokens,
  usage.output_tokens_details?.thinking_tokens,
  usage.cache_read_input_tokens || null,
);

const anthropicBlock = (block, at) => {
  switch (block?.type) {
    case "text":
      return [{ text: block.text }];
    case "thinking":
      return [{ thought: block.thinking }];
    case "tool_use": {
      const args = Object.keys(block.input ?? {}).length ? JSON.stringify(block.input) : "";
      return [{ tool: { at, name: block.name, args } }];
    }
    default:
      return [];
  }
};

const anthropic = {
  key: "x-api-key",
  ask: (question) => {
    const { model, system, message, image, limit, temperature, stream, tool } = question;
    const source = image && { type: "base64", media_type: image.kind, data: image.data };
    const content = image
      ? worded(message, { type: "text", text: message }, { type: "image", source })
      : message;
    const { parameters, ...named } = WEATHER;
    return {
      path: "/v1/messages",
      headers: { "anthropic-version": "2023-06-01" },
      body: said({
        model,
        // This dialect knows no question without a limit.
        max_tokens: limit ?? 4096,
        system,
        messages: [{ role: "user", content }],
        temperature,
        stream: stream || null,
        tools: tool ? [{ ...named, input_schema: parameters }] : null,
      }),
    };
  },
  hear: (body) => {
    switch (body.type) {
      case "message_start":
        return [{ model: body.message?.model }, anthropicUsage(body.message?.usage ?? {})];
      case "content_block_start":
        return anthropicBlock(body.content_block, body.index);
      case "content_block_delta": {
        const { text, thinking, partial_json: args } = body.delta ?? {};
        if (args !== undefined) return [{ tool: { at: body.index, args } }];
        return [said({ text, thought: thinking })];
      }
      case "message_delta":
        return [said({ finish: body.delta?.stop_reason }), anthropicUsage(body.usage ?? {})];
      case "error":
        return [{ error: fault(body) }];
      default:
        return [];
    }
  },
  read: (body) => body.type === "error"
    ? [{ error: fault(body) }]
    : [
      ...(body.content ?? []).flatMap(anthropicBlock),
      said({ model: body.model, finish: body.stop_reason }),
      anthropicUsage(body.usage ?? {}),
    ],
};

// Gemini.

const geminiPart = (part, at) => {
  if (part.functionCall) {
    const { name, args } = part.functionCall;
    return { tool: { at, name, args: JSON.stringify(args ?? {}) } };
  }
  if (part.inlineData) {
    return { image: `data:${part.inlineData.mimeType};base64,${part.inlineData.data}` };
  }
  return part.thought ? { thought: part.text } : { text: part.text };
};

let calls = 0;

const geminiBody = (body) => {
  if (body.error) return [{ error: fault(body) }];
  const candidate = body.candidates?.[0];
  // Each call comes whole, so each is one of its own.
  const pieces = (candidate?.content?.parts ?? []).map((part) => geminiPart(part, `call-${calls++}`));
  const blocked = body.promptFeedback?.blockReason;
  pieces.push(said({ finish: candidate?.finishReason ?? blocked, model: body.modelVersion }));
  const usage = body.usageMetadata;
  if (usage) {
    const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, cachedContentTokenCount } = usage;
    const thinking = thoughtsTokenCount ?? 0;
    // Others count thinking as a part of what came out.
    const output = candidatesTokenCount === undefined ? undefined : candidatesTokenCount + thinking;
    pieces.push(counted(promptTokenCount, output, thoughtsTokenCount, cachedContentTokenCount));
  }
  return pieces;
};

const gemini = {
  key: "x-goog-api-key",
  ask: (question) => {
    const { model, system, message, image, limit, temperature, stream, tool } = question;
    const inlineData = image && { mimeType: image.kind, data: image.data };
    const config = said({ maxOutputTokens: limit, temperature });
    const named = model.split("/").map(encodeURIComponent).join("/");
    const verb = stream ? "streamGenerateContent?alt=sse" : "generateContent";
    return {
      path: `/v1beta/models/${named}:${verb}`,
      headers: {},
      body: said({
        contents: [{ role: "user", parts: worded(message, { text: message }, image && { inlineData }) }],
        systemInstruction: system ? { parts: [{ text: system }] } : null,
        generationConfig: Object.keys(config).length ? config : null,
        tools: tool ? [{ functionDeclarations: [WEATHER] }] : null,
      }),
    };
  },
  hear: geminiBody,
  read: geminiBody,
};

export const tongues = { openai_chat: chat, openai_responses: responses, anthropic, gemini };
export { fault, WEATHER };
