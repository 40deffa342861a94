"""Runs deploy.sh and operate.sh, as they are and with the real AWS CLI, against a fake AWS (moto) on loopback: launch, status, save,
upgrade, back, a wrong upgrade, rotate and retire a key, leave a region and come home, lose the region and restore in another, remove.

What moto does not know is left out of the template, as in fake_aws.py. It builds no image and starts no task, so what is seen is that every
call is one that AWS's API takes, that each step changes what it should and nothing else, and that it can be taken back.

Needs: moto, boto3 and cfn-lint (Python), the AWS CLI, bash, git, jq, openssl. Usage: rehearse.py TEMPLATE
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import fake_aws  # takes AWS_* out of the environment
import boto3
from cfnlint.decode import decode
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend
from moto.cloudformation.parsing import ResourceMap
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import EmptyResult
from moto.server import ThreadedMotoServer

DEPLOY = pathlib.Path(__file__).resolve().parent.parent
KEY = "/adit/api-key"
SOURCE = ("ContainerImageUri", "SourceRepository", "SourceVersion", "SourceArchive")
findings = []


def resolve_update_parameters(_, instance, incoming_params: list) -> dict:
    """As AWS does it: defaults have a previous value too, and a parameter that the template has not is refused."""
    previous = instance.stack_parameters
    unknown = [entry["ParameterKey"] for entry in incoming_params if entry["ParameterKey"] not in previous]
    if unknown:
        raise ValidationError(message=f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    return {entry["ParameterKey"]: entry.get("ParameterValue", previous[entry["ParameterKey"]]) for entry in incoming_params}


MOTO_DIFF = ResourceMap.build_resource_diff


def build_resource_diff(self, other_template: dict, parameters: dict | None = None) -> dict:
    """moto takes a default that is given for a change, and would also change what a condition leaves out."""
    changed = {name: value for name, value in (parameters or {}).items() if str(self.resolved_parameters.get(name)) != value}
    actions = MOTO_DIFF(self, other_template, changed)
    self.input_parameters = parameters or self.input_parameters
    self.load_parameters()
    self.load_conditions()
    conditions = {name: other_template["Resources"][name].get("Condition") for name in actions["Modify"]}
    holds = {name for name, condition in conditions.items() if condition is None or self.lazy_condition_map[condition]}
    return {**actions, "Modify": [name for name in holds if self._parsed_resources.get(name) is not None]}


CloudFormationBackend._resolve_update_parameters = resolve_update_parameters
ResourceMap.build_resource_diff = build_resource_diff
CloudFormationResponse.describe_type = lambda _: EmptyResult()  # every type is known in these regions


def main(path: str) -> int:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        # moto finds the bucket of a template's URL only under this name
        with tempfile.TemporaryDirectory() as folder:
            rehearse(path, f"http://localhost:{server.get_host_and_port()[1]}", pathlib.Path(folder))
    finally:
        server.stop()
    return 1 if findings else 0


def rehearse(path: str, endpoint: str, folder: pathlib.Path):
    os.environ.update(AWS_ENDPOINT_URL=endpoint, AWS_PAGER="", AWS_EC2_METADATA_DISABLED="true", HOME=str(folder))
    here, there = Region("us-east-1"), Region("us-west-2")
    template, _ = decode(path)
    known = fake_aws.known_to_moto(fake_aws.without_cidr(template, template["Parameters"]["VpcCidr"]["Default"]))
    (folder / "template.json").write_text(json.dumps(known))
    os.environ["TEMPLATE"] = os.path.relpath(folder / "template.json", DEPLOY)

    here.ssm.put_parameter(Name=KEY, Type="SecureString", Value="sk-first")
    network = [f"{name}={value}" for name, value in fake_aws.existing_network().items()]
    first = ["ApiKeyParam=" + KEY, "AllowHttp=true", "AllowedCidr=203.0.113.7/32", "Egress=existing", *network]
    url = here.run("deploy.sh", "adit", *first)
    expect("the launch prints one line", url.count("\n"), 1)
    as_before = [{"ParameterKey": name, "UsePreviousValue": True} for name in here.parameters() if name != "MinTasks"]
    tagged = [*as_before, {"ParameterKey": "MinTasks", "ParameterValue": "3"}]
    of_ours = [{"Key": "cost centre", "Value": "4711 = ours"}]
    here.cloudformation.update_stack(StackName="adit", UsePreviousTemplate=True, Capabilities=["CAPABILITY_IAM"], Parameters=tagged, Tags=of_ours)
    launched = here.parameters()
    status = here.run("operate.sh", "status", "adit")
    expect("status tells the URL and what runs", bool(re.search(r"\thttp://\S+/api/v1\n.*SourceArchive=", status, re.DOTALL)), True)
    expect("it builds what is committed", "/adit/source-" in launched["SourceArchive"], True)
    expect("its source is in the bucket", here.has_object(launched["SourceArchive"]), True)
    saved = folder / "before.json"
    saved.write_text(here.run("operate.sh", "save", "adit"))
    expect("nothing secret is saved", "sk-first" in saved.read_text(), False)
    done("launch, status, save")

    def only(what: str, before: dict, **changed):
        """These parameters are other than before, and no others."""
        expect(what, {name: value for name, value in here.parameters().items() if before[name] != value}, changed)

    here.run("operate.sh", "upgrade", "adit", "SourceRepository=https://git.example.com/o/adit", "SourceVersion=v0.1.0", "SourceArchive=")
    source = dict(SourceRepository="https://git.example.com/o/adit", SourceVersion="v0.1.0", SourceArchive="")
    only("another source", launched, **source)
    here.run("operate.sh", "upgrade", "adit", "v0.2.0")
    only("upgrade", launched, **{**source, "SourceVersion": "v0.2.0"})
    here.run("operate.sh", "away", "adit", "us-west-2,us-east-1")
    only("away", launched, **{**source, "SourceVersion": "v0.2.0"}, BedrockRegions="us-west-2,us-east-1")
    here.run("operate.sh", "away", "adit", "home")
    here.run("operate.sh", "back", "adit")
    only("back, although there was another change in between", launched, **source)
    here.run("operate.sh", "back", "adit")
    only("and forth", launched, **{**source, "SourceVersion": "v0.2.0"})
    expect("other tags stay", here.tags()["cost centre"], "4711 = ours")
    done("upgrade, back, away, home")

    wrong = here.run("operate.sh", "upgrade", "adit", "NoSuchParameter=1", fails=True)
    expect("a parameter that is none", "NoSuchParameter" in wrong, True)
    before = here.parameters()
    only("and nothing changed", before)
    done("a wrong upgrade")

    second = here.run("operate.sh", "rotate", KEY).strip()
    keys = here.keys()
    expect("both keys hold", [key["name"] for key in keys][:1] + [len(keys)], ["first", 2])
    expect("as digests", any("key" in key or second in json.dumps(key) for key in keys), False)
    here.run("operate.sh", "retire", KEY, "first")
    expect("the new one alone", [key["sha256"] for key in here.keys()], [keys[1]["sha256"]])
    here.run("operate.sh", "retire", KEY, keys[1]["name"], fails=True)
    expect("the last key stays", len(here.keys()), 1)
    done("rotate, retire")

    # The region is lost: what was saved, without what belongs to that region, makes a stack in another one.
    there.ssm.put_parameter(Name=KEY, Type="SecureString", Value=here.ssm.get_parameter(Name=KEY, WithDecryption=True)["Parameter"]["Value"])
    network = fake_aws.existing_network("us-west-2")
    elsewhere = [{**entry, "ParameterValue": network.get(entry["ParameterKey"], entry["ParameterValue"])} for entry in json.loads(saved.read_text())]
    saved.write_text(json.dumps(elsewhere))
    s3 = boto3.client("s3")
    bucket, name = launched["SourceArchive"].split("/", 1)
    s3.delete_object(Bucket=bucket, Key=name)
    there.run("operate.sh", "restore", "adit", str(saved))
    given = there.parameters()
    expect("with a source that is there", there.has_object(given["SourceArchive"]) and given["SourceArchive"] != launched["SourceArchive"], True)
    expect("and all else as it was", {n: v for n, v in given.items() if v != launched[n] and n not in network and n != "SourceArchive"}, {})
    there.run("operate.sh", "restore", "adit", str(saved), fails=True)
    done("restored in another region")

    for region in (here, there):
        region.cloudformation.delete_stack(StackName="adit")
        left = [s["StackName"] for s in region.cloudformation.list_stacks()["StackSummaries"] if s["StackStatus"] != "DELETE_COMPLETE"]
        expect("stacks after deletion", left, [])
    done("removed")


class Region:
    """What the scripts do in a region, and what is there afterwards."""

    def __init__(self, name: str):
        self.name = name
        self.cloudformation = boto3.client("cloudformation", region_name=name)
        self.ssm = boto3.client("ssm", region_name=name)

    def run(self, script: str, *words: str, fails: bool = False) -> str:
        """Standard output, or where it should fail the whole of what was said."""
        ran = subprocess.run(["bash", str(DEPLOY / script), *words], capture_output=True, text=True, timeout=300, env={**os.environ, "AWS_REGION": self.name})
        if (ran.returncode != 0) != fails:
            raise SystemExit(f"{script} {' '.join(words)} ended with {ran.returncode}: {ran.stderr}")
        return ran.stdout + ran.stderr if fails else ran.stdout

    def parameters(self) -> dict:
        return {p["ParameterKey"]: p["ParameterValue"] for p in self.cloudformation.describe_stacks(StackName="adit")["Stacks"][0]["Parameters"]}

    def tags(self) -> dict:
        return {t["Key"]: t["Value"] for t in self.cloudformation.describe_stacks(StackName="adit")["Stacks"][0]["Tags"]}

    def keys(self) -> list:
        return json.loads(self.ssm.get_parameter(Name=KEY, WithDecryption=True)["Parameter"]["Value"])["keys"]

    def has_object(self, path: str) -> bool:
        bucket, key = path.split("/", 1)
        return any(found["Key"] == key for found in boto3.client("s3").list_objects_v2(Bucket=bucket).get("Contents", []))


def expect(what: str, actual, wanted):
    if actual != wanted:
        findings.append(what)
        print(f"FAIL {what}: {actual!r}, not {wanted!r}", flush=True)


def done(what: str):
    print(f"{'ok  ' if not findings else 'FAIL'} {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
