{{- define "adit.name" -}}
{{- if contains "adit" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-adit" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}
{{- define "adit.selector" -}}
app.kubernetes.io/name: adit
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
{{- end }}
{{- define "adit.labels" -}}
{{ include "adit.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
{{- define "adit.valkey.selector" -}}
app.kubernetes.io/name: adit
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: valkey
{{- end }}
{{- define "adit.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "adit.name" .) }}
{{- end }}
{{- define "adit.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}
{{- /* What no schema can say. */ -}}
{{- define "adit.check" -}}
{{- if not .Values.image.repository }}{{ fail "give image.repository: deploy/push-image.sh makes an image, a release names its own" }}{{ end }}
{{- $sources := 0 }}
{{- range list .Values.apiKey.existingSecret .Values.apiKey.ssmParameter .Values.apiKey.secretArn }}{{ if . }}{{ $sources = add1 $sources }}{{ end }}{{ end }}
{{- if ne (int $sources) 1 }}{{ fail "give exactly one of apiKey.existingSecret, apiKey.ssmParameter and apiKey.secretArn" }}{{ end }}
{{- if and (eq .Values.aws.credentials "irsa") (not .Values.aws.roleArn) }}{{ fail "aws.credentials irsa needs aws.roleArn; with EKS Pod Identity set aws.credentials to pod-identity" }}{{ end }}
{{- if and .Values.valkey.enabled .Values.valkey.url }}{{ fail "give only one of valkey.enabled and valkey.url" }}{{ end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) }}{{ fail "ingress.enabled needs ingress.host" }}{{ end }}
{{- if and .Values.autoscaling.inFlight.enabled (not .Values.metrics.enabled) }}{{ fail "autoscaling.inFlight needs metrics.enabled" }}{{ end }}
{{- if lt (int .Values.drain.graceSeconds) (int .Values.drain.drainDelaySeconds) }}{{ fail "drain.drainDelaySeconds is a part of drain.graceSeconds" }}{{ end }}
{{- end }}
