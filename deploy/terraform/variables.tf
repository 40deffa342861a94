variable "name" {
  description = "Name of the stack, and of the metrics' dimension Service."
  type        = string
  default     = "adit"
  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,127}$", var.name))
    error_message = "A letter, then letters, digits and hyphens."
  }
}

variable "template" {
  description = "Which template of this release: fargate or lambda."
  type        = string
  default     = "fargate"
  validation {
    condition     = contains(["fargate", "lambda"], var.template)
    error_message = "fargate or lambda."
  }
}

variable "template_bucket" {
  description = "A bucket in the same region, into which the template is put."
  type        = string
}

variable "parameters" {
  description = "Parameters of the template, by their names there. CloudFormation checks them, with the template's own sentences."
  type        = map(string)
  validation {
    condition     = contains(keys(var.parameters), "ApiKeyParam") || contains(keys(var.parameters), "ApiKeySecretArn")
    error_message = "Give ApiKeyParam, the name of an SSM parameter with the API key, or ApiKeySecretArn."
  }
}

variable "keep_failed_launch" {
  description = "Keeps what a first launch made when it fails, so that its log can be read; remove it with terraform destroy."
  type        = bool
  default     = true
}

variable "cloudformation_role_arn" {
  description = "A role for CloudFormation, where whoever applies this has fewer rights."
  type        = string
  default     = null
}

variable "tags" {
  description = "Of the stack, and by it of everything in it."
  type        = map(string)
  default     = {}
}
