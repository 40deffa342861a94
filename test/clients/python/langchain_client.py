"""LangChain's OpenAI integration for Python against the gateway at OPENAI_BASE_URL; prints what came of each step as JSON."""
import json
import sys

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

NOVA = "amazon.nova-lite-v1:0"
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
TITAN = "amazon.titan-embed-text-v2:0"


class City(BaseModel):
    """A city."""

    city: str
    population: int


@tool
def get_weather(city: str) -> str:
    """The weather in a city"""
    return f"22 degrees in {city}"


def chat():
    answer = ChatOpenAI(model=NOVA).invoke("Say hello to the rock")
    assert answer.usage_metadata["input_tokens"] > 0
    return answer.content


def streamed():
    return "".join(chunk.content for chunk in ChatOpenAI(model=NOVA, stream_usage=True).stream("Say hello to the rock"))


def tools():
    model = ChatOpenAI(model=CLAUDE).bind_tools([get_weather])
    asked = HumanMessage("Use the weather tool for Paris")
    called = model.invoke([asked])
    results = [ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"]) for call in called.tool_calls]
    return model.invoke([asked, called, *results]).content


def structured():
    for method in ["json_schema", "function_calling"]:
        answer = ChatOpenAI(model=CLAUDE).with_structured_output(City, method=method).invoke("Tell about Paris")
        assert isinstance(answer, City), method
    return answer.model_dump()


def embeddings():
    # False: texts go as texts. The default asks the tokenizer's vocabulary of the network, then sends tokens.
    made = OpenAIEmbeddings(model=TITAN, check_embedding_ctx_length=False)
    vectors = made.embed_documents(["one", "two"])
    assert max(abs(a - b) for a, b in zip(made.embed_query("two"), vectors[1])) < 1e-6
    return [len(vector) for vector in vectors]


json.dump({step.__name__: step() for step in [chat, streamed, tools, structured, embeddings]}, sys.stdout)
