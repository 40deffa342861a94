"""Bedrock's runtime by boto3, with a key of the gateway as AWS_BEARER_TOKEN_BEDROCK; prints what each call gave."""

import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

NOVA = "amazon.nova-lite-v1:0"
CLAUDE = "us.anthropic.claude-sonnet-4-6"
COUNTED = "anthropic.claude-haiku-4-5-20251001-v1:0"
GUARDRAIL = {"guardrailIdentifier": "gr1standin99", "guardrailVersion": "1"}

client = boto3.client(
    "bedrock-runtime",
    region_name="us-east-1",
    endpoint_url=os.environ["GATEWAY"],
    config=Config(retries={"max_attempts": 1, "mode": "standard"}),
)
messages = [{"role": "user", "content": [{"text": "Say rock"}]}]
native = json.dumps(
    {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Say rock"}],
    }
)


def streamed():
    events = client.converse_stream(modelId=NOVA, messages=messages)["stream"]
    return "".join(event["contentBlockDelta"]["delta"].get("text", "") for event in events if "contentBlockDelta" in event)


def native_stream():
    chunks = client.invoke_model_with_response_stream(modelId=CLAUDE, body=native)["body"]
    return [json.loads(chunk["chunk"]["bytes"])["type"] for chunk in chunks]


def refused(call, **given):
    try:
        call(**given)
    except ClientError as error:
        return [type(error).__name__, error.response["Error"]["Code"]]
    return None


answers = {
    "converse": client.converse(modelId=NOVA, messages=messages)["output"]["message"]["content"][0]["text"],
    "streamed": streamed(),
    "invoked": json.loads(client.invoke_model(modelId=CLAUDE, body=native)["body"].read())["content"][0]["text"],
    "native_stream": native_stream(),
    "counted": client.count_tokens(modelId=COUNTED, input={"converse": {"messages": messages}})["inputTokens"],
    "guardrail": client.apply_guardrail(**GUARDRAIL, source="INPUT", content=[{"text": {"text": "vermin"}}])["action"],
    "refused": [
        refused(client.converse, modelId="nobody.nothing-v1", messages=messages),
        refused(client.converse, modelId="standin.fault-model-timeout", messages=messages),
    ],
}
print(json.dumps(answers))
