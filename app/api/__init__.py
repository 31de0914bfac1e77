"""The only room that speaks openai: one streamed Responses call per turn."""
