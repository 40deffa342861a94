output "api_base_url" {
  description = "Base URL for OpenAI clients."
  value       = aws_cloudformation_stack.adit.outputs["APIBaseUrl"]
}

output "stack_outputs" {
  description = "All outputs of the template, by their names there."
  value       = aws_cloudformation_stack.adit.outputs
}
