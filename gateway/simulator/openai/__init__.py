"""OpenAI Chat Completions, embeddings and models, as its service speaks it."""
