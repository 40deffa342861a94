#!/usr/bin/env bash
# Makes a release's templates and its launch links. Writes TEMPLATE_DIR/fargate.yaml and lambda.yaml, whose source is that tag of that
# repository, and prints a Markdown table with a link per region, which opens CloudFormation's form filled in.
#
#   deploy/launch.sh https://git.example.com/adit v0.1.0 https://BUCKET.s3.us-east-1.amazonaws.com/adit/v0.1.0 TEMPLATE_DIR
set -euo pipefail
[ $# -eq 4 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
repository=$1 tag=$2 url=$3 target=$4
here=$(cd "$(dirname "$0")" && pwd)
[[ $repository =~ ^https://[A-Za-z0-9./_~-]+$ && $tag =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || { echo "no https repository and tag: $repository $tag" >&2; exit 64; }
mkdir -p "$target"
for name in fargate lambda; do
  # the default is the line after the type
  sed -E "/^  SourceRepository:/,/Default:/s#Default: ''#Default: '$repository'#; /^  SourceVersion:/,/Default:/s#Default: ''#Default: '$tag'#" \
    "$here/$name.yaml" >"$target/$name.yaml"
done
# for regions without CodeBuild, with an image of the release
"$here/without-build.sh" >"$target/fargate-without-build.yaml"
link() { printf '[launch](https://%s.console.aws.amazon.com/cloudformation/home?region=%s#/stacks/create/review?templateURL=%s/%s.yaml&stackName=adit)' "$1" "$1" "$url" "$2"; }
printf '| region | Fargate | Lambda |\n| --- | --- | --- |\n'
for region in us-east-1 us-east-2 us-west-2 ca-central-1 sa-east-1 eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 \
  ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2; do
  printf '| %s | %s | %s |\n' "$region" "$(link "$region" fargate)" "$(link "$region" lambda)"
done
