# terraform test: what the module makes of its variables, without AWS.
mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1", name = "eu-west-1" }
  }
  mock_data "aws_partition" {
    defaults = { dns_suffix = "amazonaws.com" }
  }
  mock_resource "aws_cloudformation_stack" {
    defaults = { outputs = { APIBaseUrl = "https://llm.example.com/api/v1" } }
  }
}

variables {
  template_bucket = "my-templates"
  parameters = {
    ApiKeyParam       = "/adit/api-key"
    MinTasks          = 3
    ContainerImageUri = null
  }
}

run "the_stack_gets_the_parameters_and_this_releases_template" {
  assert {
    condition     = aws_cloudformation_stack.adit.parameters == tomap({ ApiKeyParam = "/adit/api-key", MinTasks = "3" })
    error_message = "numbers become text, and what is null is left to the template"
  }
  assert {
    condition     = aws_cloudformation_stack.adit.template_url == "https://my-templates.s3.eu-west-1.amazonaws.com/adit/fargate-${filemd5("${path.module}/../fargate.yaml")}.yaml"
    error_message = "another template is another object, so that a change of it is an update"
  }
  assert {
    condition     = aws_cloudformation_stack.adit.on_failure == "DO_NOTHING" && output.api_base_url == "https://llm.example.com/api/v1"
    error_message = "a first launch that fails is kept; the URL is an output"
  }
}

run "lambda" {
  variables {
    name     = "adit-lambda"
    template = "lambda"
  }
  assert {
    condition     = startswith(aws_s3_object.template.key, "adit-lambda/lambda-")
    error_message = "the other template"
  }
}

run "without_a_key" {
  command = plan
  variables {
    parameters = { AllowHttp = "true" }
  }
  expect_failures = [var.parameters]
}

run "no_such_template" {
  command = plan
  variables {
    template = "kubernetes"
  }
  expect_failures = [var.template]
}
