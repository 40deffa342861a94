# Adit by Terraform: the CloudFormation template of this release as one resource. Why not the same resources once more in HCL:
# docs/decisions/0002-terraform-wraps-the-template.md.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

locals {
  file = "${path.module}/../${var.template}.yaml"
  hash = filemd5(local.file)
}

# The template is longer than the 51,200 bytes that CloudFormation takes directly.
resource "aws_s3_object" "template" {
  bucket       = var.template_bucket
  key          = "${var.name}/${var.template}-${local.hash}.yaml"
  source       = local.file
  content_type = "text/yaml"
  tags         = var.tags
}

resource "aws_cloudformation_stack" "adit" {
  name         = var.name
  template_url = "https://${aws_s3_object.template.bucket}.s3.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}/${aws_s3_object.template.key}"
  parameters   = { for name, value in var.parameters : name => tostring(value) if value != null }
  capabilities = ["CAPABILITY_IAM"]
  # a first launch that fails is kept, so that its log can be read
  on_failure         = var.keep_failed_launch ? "DO_NOTHING" : "ROLLBACK"
  timeout_in_minutes = 60
  iam_role_arn       = var.cloudformation_role_arn
  tags               = var.tags

  lifecycle {
    # on_failure is of the creation only, and cannot be changed afterwards
    ignore_changes = [on_failure, timeout_in_minutes]
  }
}

data "aws_region" "current" {}
data "aws_partition" "current" {}
