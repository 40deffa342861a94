"""The official OpenAI client for Python against the gateway at OPENAI_BASE_URL; prints what came of each step as JSON."""
import asyncio
import json
import os
import sys

import openai
from openai import AsyncOpenAI, AzureOpenAI, OpenAI
from pydantic import BaseModel

NOVA = "amazon.nova-lite-v1:0"
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
TITAN = "amazon.titan-embed-text-v2:0"
HELLO = [{"role": "user", "content": "Say hello to the rock"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
client = OpenAI(max_retries=0)


class City(BaseModel):
    city: str
    population: int


def chat():
    answer = client.chat.completions.create(model=NOVA, messages=HELLO)
    assert answer._request_id.startswith("req_")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    return answer.choices[0].message.content


def streamed():
    options = {"include_usage": True}
    chunks = list(client.chat.completions.create(model=NOVA, messages=HELLO, stream=True, stream_options=options))
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens > 0
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def stream_helper():
    with client.chat.completions.stream(model=NOVA, messages=HELLO) as stream:
        deltas = "".join(event.delta for event in stream if event.type == "content.delta")
        assert deltas == stream.get_final_completion().choices[0].message.content
    return deltas


def tools():
    messages = [{"role": "user", "content": "Use the weather tool for Paris"}]
    with client.chat.completions.stream(model=CLAUDE, messages=messages, tools=[WEATHER]) as stream:
        streamed = stream.get_final_completion().choices[0].message.tool_calls
    message = client.chat.completions.create(model=CLAUDE, messages=messages, tools=[WEATHER]).choices[0].message
    assert [call.function.arguments for call in streamed] == [call.function.arguments for call in message.tool_calls]
    results = [{"role": "tool", "tool_call_id": call.id, "content": "22 degrees"} for call in message.tool_calls]
    answer = client.chat.completions.create(model=CLAUDE, messages=[*messages, message, *results], tools=[WEATHER])
    return answer.choices[0].message.content


def parsed():
    messages = [{"role": "user", "content": "Tell about Paris"}]
    for model in [CLAUDE, NOVA]:
        answer = client.chat.completions.parse(model=model, messages=messages, response_format=City)
        assert isinstance(answer.choices[0].message.parsed, City), model
        with client.chat.completions.stream(model=model, messages=messages, response_format=City) as stream:
            assert isinstance(stream.get_final_completion().choices[0].message.parsed, City), model
    return answer.choices[0].message.parsed.model_dump()


def embeddings():
    packed = client.embeddings.create(model=TITAN, input=["one", "two"])
    plain = client.embeddings.create(model=TITAN, input=["one", "two"], encoding_format="float")
    assert all(abs(a - b) < 1e-6 for a, b in zip(packed.data[1].embedding, plain.data[1].embedding))
    return [len(item.embedding) for item in packed.data]


def models():
    ids = [model.id for model in client.models.list()]
    application = next(name for name in ids if "application-inference-profile/" in name)
    return NOVA in ids and client.models.retrieve(application).id == application


def completions():
    return client.completions.create(model=NOVA, prompt="Once upon a rock", max_tokens=200).choices[0].text


def azure():
    endpoint = os.environ["OPENAI_BASE_URL"].removesuffix("/v1")
    deployed = AzureOpenAI(azure_endpoint=endpoint, api_version="2024-10-21", azure_deployment=NOVA)
    return deployed.chat.completions.create(model=NOVA, messages=HELLO).choices[0].message.content


def errors():
    seen = []
    for key, model in [("sk-wrong", NOVA), (client.api_key, "no.such-model")]:
        try:
            OpenAI(api_key=key, max_retries=0).chat.completions.create(model=model, messages=HELLO)
        except openai.APIStatusError as error:
            seen.append([type(error).__name__, error.code])
    return seen


def asynchronous():
    async def ask():
        async with AsyncOpenAI() as client:
            stream = await client.chat.completions.create(model=NOVA, messages=HELLO, stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

    return asyncio.run(ask())


STEPS = [chat, streamed, stream_helper, tools, parsed, embeddings, models, completions, azure, errors, asynchronous]
json.dump({step.__name__: step() for step in STEPS}, sys.stdout)
