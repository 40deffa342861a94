"""Creates, updates and deletes the stack in an AWS that only exists in this process (moto), for several sets of parameters.

moto carries out a part of CloudFormation: it silently drops many properties and resource types. So every resource's properties are
resolved as moto's CloudFormation resolves them, and the ones that matter are sent to the ECS and ELB APIs, whose shapes botocore checks.

Needs: moto, boto3 and cfn-lint (Python). Usage: fake_aws.py TEMPLATE [TEMPLATE of Lambda]
"""

import ipaddress
import json
import logging
import os
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="us-east-1")

import boto3  # noqa: E402
from cfnlint.decode import decode  # noqa: E402
from moto import mock_aws  # noqa: E402
from moto.cloudformation.models import cloudformation_backends  # noqa: E402
from moto.cloudformation import parsing  # noqa: E402

MOTO_CLEAN_JSON = parsing.clean_json


def clean_json(*arguments):
    """CloudFormation takes AWS::NoValue out of lists; moto leaves a hole there."""
    cleaned = MOTO_CLEAN_JSON(*arguments)
    return [item for item in cleaned if item is not None] if isinstance(cleaned, list) else cleaned


parsing.clean_json = clean_json  # moto calls itself by this name, at every level

ACCOUNT = "123456789012"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team/adit:1"
HTTP = {"AllowHttp": "true", "AllowedCidr": "203.0.113.7/32"}
HTTPS = {"DomainName": "llm.example.com", "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1"}
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:adit-AbCdEf"
FIRST = {"ContainerImageUri": IMAGE, "ApiKeyParam": "/adit/api-key", **HTTP}
VARIANTS = {
    "the least": FIRST,
    "https, secret, nat per zone": {"ContainerImageUri": IMAGE, "ApiKeySecretArn": SECRET, **HTTPS, "Egress": "nat-per-zone"},
    "existing network": {"ContainerImageUri": IMAGE, "ApiKeyParam": "/adit/api-key", **HTTP, "Egress": "existing"},
    "its own image and Valkey": {"SourceArchive": "sources/adit/1.zip", "ApiKeyParam": "/adit/api-key", **HTTP, "Egress": "existing", "CreateValkey": "true", "ConfigParam": "/adit/config"},
    "no internet, internal": {"ContainerImageUri": IMAGE, "ApiKeyParam": "adit-key", **HTTPS, "Egress": "endpoints", "LoadBalancerScheme": "internal"},
}
# moto has no code for these, or (the dashboard) not for the attributes they read. They are left out; test/deploy and cfn-lint judge them.
UNKNOWN_TO_MOTO = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::CodeBuild::Project",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::Logs::QueryDefinition",
    "Custom::ContainerImage",
}
# What others read of those: test/deploy/builder.test.ts has the function that makes the image run.
THEIRS = {"Image": IMAGE, "BuildProject": f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/adit", "Valkey": "cache.example.internal"}


LAMBDA = {
    "Lambda, its own image, by URL": {"SourceArchive": "sources/adit/1.zip", "ApiKeyParam": "/adit/api-key"},
    "Lambda, an image, by balancer": {"ContainerImageUri": IMAGE, "ApiKeySecretArn": SECRET, "Front": "load-balancer", "AllowedCidr": "10.0.0.0/8"},
}


@mock_aws
def check_lambda(template: dict, values: dict) -> list:
    """Creates, updates, takes back and deletes. moto has no Function URL and no permission for one; test/deploy/lambda.test.ts judges those."""
    if values.get("Front"):
        network = existing_network()
        certificate = boto3.client("acm").request_certificate(DomainName="llm.example.com")["CertificateArn"]
        values = {**values, "VpcId": network["VpcId"], "LoadBalancerSubnetIds": network["LoadBalancerSubnetIds"], "CertificateArn": certificate}
    cloudformation = boto3.client("cloudformation")
    kept = theirs(template)
    left_out = UNKNOWN_TO_MOTO | {"AWS::Lambda::Url", "AWS::Lambda::Permission", "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElasticLoadBalancingV2::Listener"}
    resources = {name: dict(body) for name, body in kept["Resources"].items() if body["Type"] not in left_out}
    resources["Repository"]["Properties"] = {**resources["Repository"]["Properties"], "RepositoryName": "adit"}
    # moto looks an image up in its own ECR, where nothing was pushed
    code = {"Runtime": "nodejs22.x", "Handler": "index.handler", "Code": {"ZipFile": "exports.handler = async () => {}"}}
    function = {key: value for key, value in resources["Function"]["Properties"].items() if key not in ("PackageType", "Code")}
    resources["Function"]["Properties"] = {**function, **code}
    outputs = {name: output for name, output in kept["Outputs"].items() if name != "APIBaseUrl"}
    request = {
        "StackName": "adit",
        "TemplateURL": in_bucket(json.dumps(without_cidr({**kept, "Resources": resources, "Outputs": outputs}, "10.0.0.0/16"))),
        "Capabilities": ["CAPABILITY_IAM"],
    }
    findings = []
    cloudformation.create_stack(**request, Parameters=parameters(values))
    steps = [("created", "CREATE_COMPLETE", 1024)]
    for name, given, memory in (("updated", {**values, "MemorySize": "2048"}, 2048), ("taken back", {**values, "MemorySize": "1024"}, 1024)):
        if described(cloudformation)["StackStatus"] != steps[-1][1]:
            findings.append(f"{steps[-1][0]}: {described(cloudformation)['StackStatus']}")
        cloudformation.update_stack(**request, Parameters=parameters(given))
        steps.append((name, "UPDATE_COMPLETE", memory))
        found = [f["MemorySize"] for f in boto3.client("lambda").list_functions()["Functions"] if f["Timeout"] == 900 and f["MemorySize"] != 256]
        if found != [memory]:
            findings.append(f"memory after it was {name} is {found}, not {memory}")
    cloudformation.delete_stack(StackName="adit")
    left = [f["FunctionName"] for f in boto3.client("lambda").list_functions()["Functions"]]
    if left or boto3.client("ecr").describe_repositories()["repositories"]:
        findings.append(f"left after deletion: {left}")
    return findings


def main(path: str, path_of_lambda: str | None = None) -> int:
    template, problems = decode(path)
    if problems:
        print(problems)
        return 1
    findings = []
    for name, values in VARIANTS.items():
        found = check(template, values)
        print(f"{'ok  ' if not found else 'FAIL'} {name}: created, updated, taken back{', deleted' if is_existing(values) else ''}")
        findings += [f"{name}: {finding}" for finding in found]
    if path_of_lambda is not None:
        of_lambda, problems = decode(path_of_lambda)
        findings += [str(problem) for problem in problems]
        for name, values in LAMBDA.items():
            found = check_lambda(of_lambda, values)
            print(f"{'ok  ' if not found else 'FAIL'} {name}: created, updated, taken back, deleted")
            findings += [f"{name}: {finding}" for finding in found]
    print("\n".join(findings))
    return 1 if findings else 0


@mock_aws
def check(template: dict, values: dict) -> list:
    findings = []

    def expect(what: str, actual, wanted):
        if actual != wanted:
            findings.append(f"{what} is {actual!r}, not {wanted!r}")

    if is_existing(values):
        values = {**values, **existing_network()}
    if "CertificateArn" in values:
        certificate = boto3.client("acm").request_certificate(DomainName=values["DomainName"])["CertificateArn"]
        values = {**values, "CertificateArn": certificate}
    cloudformation = boto3.client("cloudformation")
    cidr = template["Parameters"]["VpcCidr"]["Default"]
    request = {
        "StackName": "adit",
        "TemplateURL": in_bucket(json.dumps(known_to_moto(without_cidr(template, cidr)))),
        "Capabilities": ["CAPABILITY_IAM"],
    }
    cloudformation.create_stack(**request, Parameters=parameters(values))
    stack = described(cloudformation)
    expect("status", stack["StackStatus"], "CREATE_COMPLETE")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    expect("a URL", outputs.get("APIBaseUrl", "").endswith("/api/v1"), True)
    findings.extend(replay(expect))
    findings.extend(key_can_be_read(values))

    cloudformation.update_stack(**request, Parameters=parameters({**values, "TaskCpu": "512", "TaskMemory": "1024", "MinTasks": "3"}))
    expect("status", described(cloudformation)["StackStatus"], "UPDATE_COMPLETE")
    task = resolved()["TaskDefinition"][1]
    expect("CPU after the update", task["Cpu"], "512")
    # back to what it was, as CloudFormation does it when an update fails, and deploy/operate.sh afterwards
    cloudformation.update_stack(**request, Parameters=parameters(values))
    expect("status", described(cloudformation)["StackStatus"], "UPDATE_COMPLETE")
    expect("CPU after it was taken back", resolved()["TaskDefinition"][1]["Cpu"], "1024")

    # moto cannot delete a VPC that it made with a stack (it says DependencyViolation), so this is seen with an existing one
    if not is_existing(values):
        return findings
    cloudformation.delete_stack(StackName="adit")
    left = [s for s in cloudformation.list_stacks()["StackSummaries"] if s["StackStatus"] != "DELETE_COMPLETE"]
    expect("stacks after deletion", left, [])
    return findings


def is_existing(values: dict) -> bool:
    return values.get("Egress") == "existing"


def existing_network(region: str = "us-east-1") -> dict:
    ec2 = boto3.client("ec2", region_name=region)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{region}{zone}")["Subnet"]["SubnetId"]
        for number, zone in enumerate("abab")
    ]
    return {"VpcId": vpc, "TaskSubnetIds": ",".join(subnets[:2]), "LoadBalancerSubnetIds": ",".join(subnets[2:])}


def in_bucket(body: str) -> str:
    """As deploy.sh does it: the template is longer than the API takes directly."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="fargate.json", Body=body)
    return "https://templates.s3.amazonaws.com/fargate.json"


def parameters(values: dict) -> list:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def described(cloudformation) -> dict:
    return cloudformation.describe_stacks(StackName="adit")["Stacks"][0]


def without_cidr(node, cidr: str):
    """moto does not know Fn::Cidr: its value for the default range is put in its place."""
    if isinstance(node, list):
        return [without_cidr(item, cidr) for item in node]
    if not isinstance(node, dict):
        return node
    if "Fn::Cidr" in node:
        _, count, bits = node["Fn::Cidr"]
        return [str(part) for part in list(ipaddress.ip_network(cidr).subnets(new_prefix=32 - int(bits)))[: int(count)]]
    return {str(key): without_cidr(value, cidr) for key, value in node.items()}


def theirs(node):
    """References to what moto has no code for, replaced by what AWS would say."""
    if isinstance(node, list):
        return [theirs(item) for item in node]
    if isinstance(node, str):
        return node.replace("${Valkey.Endpoint.Address}", THEIRS["Valkey"])
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        (function, argument), = node.items()
        name = argument[0] if isinstance(argument, list) and argument else argument
        if function in ("Ref", "Fn::GetAtt") and isinstance(name, str) and name.split(".")[0] in THEIRS:
            return THEIRS[name.split(".")[0]]
    return {key: theirs(value) for key, value in node.items()}


def known_to_moto(template: dict) -> dict:
    resources = {name: dict(body) for name, body in template["Resources"].items() if body["Type"] not in UNKNOWN_TO_MOTO}
    for body in resources.values():
        after = [name for name in [body.get("DependsOn", [])] for name in ([name] if isinstance(name, str) else name)]
        body["DependsOn"] = [name for name in after if name in resources]
    resources["Service"]["Properties"]["DeploymentConfiguration"]["Alarms"]["AlarmNames"] = ["errors"]
    # moto makes a name with capital letters, which ECR refuses; AWS makes it in small ones
    resources["Repository"] = {**resources["Repository"], "Properties": {**resources["Repository"]["Properties"], "RepositoryName": "adit"}}
    outputs = {name: output for name, output in template["Outputs"].items() if name != "DashboardUrl"}
    return theirs({**template, "Resources": resources, "Outputs": outputs})


def resolved() -> dict:
    stack = next(iter(cloudformation_backends[ACCOUNT]["us-east-1"].stacks.values()))
    alive = stack.resource_map.lazy_condition_map
    return {
        name: (body["Type"], clean_json(body.get("Properties", {}), stack.resource_map))
        for name, body in stack.template_dict["Resources"].items()
        if body.get("Condition") is None or alive[body["Condition"]]
    }


def replay(expect) -> list:
    """Sends what moto's CloudFormation dropped to the APIs themselves; a wrong name or type is refused there."""
    resources = resolved()
    stack = next(iter(cloudformation_backends[ACCOUNT]["us-east-1"].stacks.values()))
    findings = [
        f"moto made no {name}"
        for name, (kind, _) in resources.items()
        if kind not in UNKNOWN_TO_MOTO and stack.resource_map.get(name) is None
    ]
    ecs, elb = boto3.client("ecs"), boto3.client("elbv2")
    definition = lower(resources["TaskDefinition"][1])
    for container in definition["containerDefinitions"]:
        container["memory"] = int(container["memory"])  # CloudFormation turns a parameter into the number that is wanted
    task = ecs.register_task_definition(family="replayed", **definition)["taskDefinition"]
    expect("network mode", task["networkMode"], "awsvpc")
    expect("compatibilities", task["requiresCompatibilities"], ["FARGATE"])
    expect("roles differ", task["executionRoleArn"] != task["taskRoleArn"], True)
    container = task["containerDefinitions"][0]
    expect("read-only root", container["readonlyRootFilesystem"], True)
    expect("stop timeout", container["stopTimeout"], 120)

    for name, call, key in (
        ("LoadBalancer", elb.modify_load_balancer_attributes, "LoadBalancerArn"),
        ("TargetGroup", elb.modify_target_group_attributes, "TargetGroupArn"),
    ):
        wanted = [{**attribute, "Value": str(attribute["Value"])} for attribute in resources[name][1][f"{name}Attributes"]]
        answer = call(**{key: stack.resource_map[name].physical_resource_id}, Attributes=wanted)["Attributes"]
        kept = {attribute["Key"]: attribute["Value"] for attribute in answer}
        for attribute in wanted:
            expect(attribute["Key"], kept.get(attribute["Key"]), attribute["Value"])

    service = lower(resources["Service"][1])
    service["cluster"] = stack.resource_map["Cluster"].physical_resource_id
    service["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = list(service["networkConfiguration"]["awsvpcConfiguration"]["subnets"])
    for number in service["capacityProviderStrategy"]:
        number["base"], number["weight"] = int(number["base"]), int(number["weight"])
    made = ecs.create_service(serviceName="replayed", desiredCount=2, **service)["service"]
    expect("public addresses", service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"], "DISABLED")
    expect("balancers", made["loadBalancers"][0]["containerPort"], 8080)
    return findings


def lower(node):
    """CloudFormation's property names to the API's; the names inside Options are not ours."""
    if isinstance(node, list):
        return [lower(item) for item in node]
    if isinstance(node, dict):
        return {key[0].lower() + key[1:]: value if key == "Options" else lower(value) for key, value in node.items()}
    return node


def key_can_be_read(values: dict) -> list:
    """The seed's order: the parameter exists before the stack, and the role names exactly it."""
    if "ApiKeyParam" not in values:
        return []
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name=values["ApiKeyParam"], Type="SecureString", Value="sk-check")
    arn = ssm.get_parameter(Name=values["ApiKeyParam"], WithDecryption=True)["Parameter"]["ARN"]
    policies = resolved()["TaskRole"][1]["Policies"]
    allowed = [statement["Resource"] for policy in policies for statement in policy["PolicyDocument"]["Statement"] if statement.get("Sid") == "ReadKeyParameter"]
    return [] if allowed == [arn] else [f"the task may read {allowed}, the key is {arn}"]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
