#!/usr/bin/env bash
# Prints fargate.yaml without the part that builds the image, for regions in which CloudFormation knows no AWS::CodeBuild::Project (ca-west-1,
# mx-central-1, ap-east-2): it refuses a template that names a type it does not know, also where a condition leaves it out.
# There ContainerImageUri has to be given: push-image.sh makes an image, or a release names one. deploy.sh calls this by itself.
#
#   deploy/without-build.sh > fargate-without-build.yaml
set -euo pipefail
awk '
  /^  # ---- / { section = /The image: only where none is named/ }
  section { next }
  /^  (SourceRepository|SourceVersion|SourceArchive|BuildNumber):$/ { inside = 1; next }
  /^  OneSourceOfTheImage:$/ {
    print
    print "    Assertions:"
    print "      - Assert: !Not [!Equals [!Ref ContainerImageUri, '"''"']]"
    print "        AssertDescription: This region cannot build the image. Name one in ContainerImageUri; deploy/push-image.sh makes it."
    inside = 1
    next
  }
  # the end of what is left out: the next of its kind
  inside && /^(  [A-Z#]|[A-Z])/ { inside = 0 }
  inside { next }
  /^ +(SourceRepository|SourceVersion|SourceArchive|BuildNumber): \{ default:/ { next }
  /^  (BuildImage|PullsFromEcr|OnArm|FromArchive|HasSourceVersion): / { next }
  /- !If$/ { held = $0; next }
  held && /- BuildImage$/ { held = ""; choice = 1; next }
  choice { if (/- !Ref AWS::NoValue$/) choice = 0; next }
  held { print held; held = "" }
  {
    sub(/SourceRepository, SourceVersion, SourceArchive, BuildNumber, /, "")
    sub(/- PullsFromEcr$/, "- ImageInEcr")
    sub(/!If \[BuildImage, !GetAtt Image.Uri, !Ref ContainerImageUri\]/, "!Ref ContainerImageUri")
    sub(/ It builds its own image\.$/, "")
    sub(/3\. The image - built by this stack, unless you name one/, "3. The image (needed)")
    sub(/^      Empty - the stack builds its own\. Else an image/, "      An image")
    print
  }
' "$(dirname "$0")/fargate.yaml"
