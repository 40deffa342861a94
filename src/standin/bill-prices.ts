/**
 * What the service takes, as of 2026-10-24: globs of ids, routing, US dollars for a million tokens (input, output, cache read, writes for 5m,
 * 1h and 30m; `-`: not sold), then what is special: `in` a Region, `geo` a geography, `from` and `to` days, `tiers` as factors, `long` and
 * `fast` as rates of their own, `image` (by pixels up to a number as standard and premium) and `text` by the piece.
 */
export const BILL_PRICES = `
anthropic.claude-opus-5-5* global 4 20 0.2 5 8 - from=2026-09-22
anthropic.claude-opus-5-5* geo/in_region/mantle 4.4 22 0.22 5.5 8.8 - from=2026-09-22
anthropic.claude-sonnet-5-5* global 2 10 0.2 2.5 4 - from=2026-09-28 to=2026-10-07
anthropic.claude-sonnet-5-5* geo/in_region/mantle 2.2 11 0.22 2.75 4.4 - from=2026-09-28 to=2026-10-07
anthropic.claude-sonnet-5-5* global 2 10 0.1 2.5 4 - from=2026-10-07
anthropic.claude-sonnet-5-5* geo/in_region/mantle 2.2 11 0.11 2.75 4.4 - from=2026-10-07
anthropic.claude-haiku-5-5* global 0.1 0.5 0.01 0.125 0.2 - from=2026-10-07 long=100000:0.5:2.5:0.05:0.625:1:-
anthropic.claude-haiku-5-5* geo/in_region/mantle 0.11 0.55 0.011 0.1375 0.22 - from=2026-10-07 long=100000:0.55:2.75:0.055:0.6875:1.1:-
anthropic.claude-fable-5-1* global 10 50 0.25 12.5 20 - from=2026-09-01
anthropic.claude-fable-5-1* geo/in_region/mantle 11 55 0.275 13.75 22 - from=2026-09-01
anthropic.claude-fable-5,anthropic.claude-fable-5-v* global 10 50 1 12.5 20 -
anthropic.claude-fable-5,anthropic.claude-fable-5-v* geo/in_region/mantle 11 55 1.1 13.75 22 -
anthropic.claude-fable-5,anthropic.claude-fable-5-v* us-gov 12 60 1.2 15 24 -
anthropic.claude-opus-5,anthropic.claude-opus-5-v* global 5 25 0.5 6.25 10 - from=2026-07-24
anthropic.claude-opus-5,anthropic.claude-opus-5-v* geo/in_region/mantle 5.5 27.5 0.55 6.875 11 - from=2026-07-24
anthropic.claude-opus-4-8* global 5 25 0.5 6.25 10 -
anthropic.claude-opus-4-8* geo/in_region/mantle 5.5 27.5 0.55 6.875 11 -
anthropic.claude-opus-4-7* global 5 25 0.5 6.25 10 -
anthropic.claude-opus-4-7* geo/in_region/mantle 5.5 27.5 0.55 6.875 11 -
anthropic.claude-opus-4-6* global 5 25 0.5 6.25 10 -
anthropic.claude-opus-4-6* geo/in_region/mantle 5.5 27.5 0.55 6.875 11 -
anthropic.claude-opus-4-5* global 5 25 0.5 6.25 10 -
anthropic.claude-opus-4-5* geo/in_region/mantle 5.5 27.5 0.55 6.875 11 -
anthropic.claude-sonnet-5,anthropic.claude-sonnet-5-v* global 2 10 0.2 2.5 4 -
anthropic.claude-sonnet-5,anthropic.claude-sonnet-5-v* geo/in_region/mantle 2.2 11 0.22 2.75 4.4 -
anthropic.claude-sonnet-4-6* global 3 15 0.3 3.75 6 -
anthropic.claude-sonnet-4-6* geo/in_region/mantle 3.3 16.5 0.33 4.125 6.6 -
anthropic.claude-sonnet-4-5* global 3 15 0.3 3.75 6 - long=200000:6:22.5:0.6:7.5:12:-
anthropic.claude-sonnet-4-5* geo/in_region/mantle 3.3 16.5 0.33 4.125 6.6 - long=200000:6.6:24.75:0.66:8.25:13.2:-
anthropic.claude-sonnet-4-5* us-gov 3.6 18 0.36 4.5 7.2 - long=200000:7.2:27:0.72:9:14.4:-
anthropic.claude-haiku-4-5* global 1 5 0.1 1.25 2 -
anthropic.claude-haiku-4-5* geo/in_region/mantle 1.1 5.5 0.11 1.375 2.2 -
anthropic.claude-haiku-4-5* us-gov 1.2 6 0.12 1.5 2.4 -
anthropic.claude-sonnet-4-2025* global 3 15 0.3 3.75 - - long=200000:6:22.5:0.6:7.5:-:-
anthropic.claude-sonnet-4-2025* geo/in_region/mantle 3 15 0.3 3.75 - - long=200000:6:22.5:0.6:7.5:-:-
anthropic.claude-opus-4-1* global 15 75 1.5 18.75 - -
anthropic.claude-opus-4-1* geo/in_region/mantle 15 75 1.5 18.75 - -
anthropic.claude-opus-4-2025* global 15 75 1.5 18.75 - -
anthropic.claude-opus-4-2025* geo/in_region/mantle 15 75 1.5 18.75 - -
anthropic.claude-3-7-sonnet* global 3 15 0.3 3.75 - -
anthropic.claude-3-7-sonnet* geo/in_region/mantle 3 15 0.3 3.75 - -
anthropic.claude-3-5-sonnet-20241022* global 3 15 0.3 3.75 - -
anthropic.claude-3-5-sonnet-20241022* geo/in_region/mantle 3 15 0.3 3.75 - -
anthropic.claude-3-5-haiku* global 0.8 4 0.08 1 - -
anthropic.claude-3-5-haiku* geo/in_region/mantle 0.8 4 0.08 1 - -
anthropic.claude-3-haiku* global/geo/in_region 0.25 1.25 - - - -
openai.gpt-6.1-sol* global 2 10 0.1 - - 2.5 from=2026-09-29 long=272000:4:15:0.2:-:-:5
openai.gpt-6.1-sol* geo/mantle 2.2 11 0.11 - - 2.75 from=2026-09-29 long=272000:4.4:16.5:0.22:-:-:5.5
openai.gpt-6-sol* global 2 10 0.2 - - 2.5 from=2026-09-22 long=272000:4:15:0.4:-:-:5
openai.gpt-6-sol* geo/mantle 2.2 11 0.22 - - 2.75 from=2026-09-22 long=272000:4.4:16.5:0.44:-:-:5.5
openai.gpt-6-luna* global 0.1 0.5 0.01 - - 0.125 from=2026-09-22 long=272000:0.2:0.75:0.02:-:-:0.25
openai.gpt-6-luna* geo/mantle 0.11 0.55 0.011 - - 0.1375 from=2026-09-22 long=272000:0.22:0.825:0.022:-:-:0.275
openai.gpt-6-astra* global 10 50 1 - - 12.5 from=2026-09-01 tiers=ultrafast:6 long=272000:20:75:2:-:-:25
openai.gpt-6-astra* geo/mantle 11 55 1.1 - - 13.75 from=2026-09-01 tiers=ultrafast:6 long=272000:22:82.5:2.2:-:-:27.5
openai.gpt-5.6-sol* geo/mantle 5.5 33 0.55 - - 6.875 from=2026-07-13 to=2026-09-01
openai.gpt-5.6-sol* global 4 20 0.4 - - 5 from=2026-09-01 long=272000:8:30:0.8:-:-:10
openai.gpt-5.6-sol* geo/mantle 4.4 22 0.44 - - 5.5 from=2026-09-01 long=272000:8.8:33:0.88:-:-:11
openai.gpt-5.6-terra* geo/mantle 2.75 16.5 0.275 - - 3.4375 from=2026-07-13 to=2026-09-01
openai.gpt-5.6-terra* global 2 12 0.2 - - 2.5 from=2026-09-01 long=272000:4:18:0.4:-:-:5
openai.gpt-5.6-terra* geo/mantle 2.2 13.2 0.22 - - 2.75 from=2026-09-01 long=272000:4.4:19.8:0.44:-:-:5.5
openai.gpt-5.6-luna* geo/mantle 1.1 6.6 0.11 - - 1.375 from=2026-07-13 to=2026-09-01
openai.gpt-5.6-luna* global 0.2 1.2 0.02 - - 0.25 from=2026-09-01 long=272000:0.4:1.8:0.04:-:-:0.5
openai.gpt-5.6-luna* geo/mantle 0.22 1.32 0.022 - - 0.275 from=2026-09-01 long=272000:0.44:1.98:0.044:-:-:0.55
openai.gpt-5.5* geo/mantle 5.5 33 0.55 - - -
openai.gpt-5.4* geo/mantle 2.75 16.5 0.275 - - -
amazon.nova-2-lite* geo/in_region 0.33 2.75 0.0825 0 - - in=us-east-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.3 2.5 0.075 0 - - in=us-east-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* geo/in_region 0.33 2.75 0.0825 0 - - in=us-east-2 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.3 2.5 0.075 0 - - in=us-east-2 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* geo/in_region 0.33 2.75 0.0825 0 - - in=us-west-2 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.3 2.5 0.075 0 - - in=us-west-2 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* geo/in_region 0.429 3.351 0.10725 0 - - in=us-west-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.39 3.21 0.0975 0 - - in=us-west-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* geo/in_region 0.352 2.97 0.088 0 - - in=ca-central-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.32 2.67 0.08 0 - - in=ca-central-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* geo/in_region 0.429 3.597 0.10725 0 - - in=eu-central-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.39 3.27 0.0975 0 - - in=eu-central-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* geo/in_region 0.363 2.992 0.09075 0 - - in=eu-north-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.33 2.72 0.0825 0 - - in=eu-north-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* geo/in_region 0.374 3.157 0.0935 0 - - in=eu-west-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.34 2.87 0.085 0 - - in=eu-west-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* geo/in_region 0.484 4.059 0.121 0 - - in=eu-west-3 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.44 3.69 0.11 0 - - in=eu-west-3 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* geo/in_region 0.396 3.311 0.099 0 - - in=ap-northeast-1 tiers=flex:0.5,priority:1.75
amazon.nova-2-lite* global 0.36 3.01 0.09 0 - - in=ap-northeast-1 tiers=flex:0.5,priority:1.75
amazon.nova-micro-v1* geo/in_region 0.035 0.14 0.00875 - - - in=us-east-1
amazon.nova-micro-v1* geo 0.04 0.16 0.01 - - - geo=eu
amazon.nova-micro-v1* geo 0.037 0.148 0.00925 - - - geo=apac
amazon.nova-lite-v1* geo/in_region 0.06 0.24 0.015 - - - in=us-east-1
amazon.nova-lite-v1* geo 0.069 0.276 0.01725 - - - geo=eu
amazon.nova-lite-v1* geo 0.063 0.252 0.01575 - - - geo=apac
amazon.nova-lite-v1* geo 0.064 0.256 0.016 - - - geo=ca
amazon.nova-pro-v1* geo/in_region 0.8 3.2 0.2 - - - in=us-east-1 tiers=priority:1.75,flex:0.5 fast=1:4:-:-:-:-
amazon.nova-pro-v1* geo 0.92 3.68 0.23 - - - geo=eu
amazon.nova-pro-v1* geo 0.84 3.36 0.21 - - - geo=apac
amazon.nova-premier* in_region/geo 2.5 12.5 0.625 - - - tiers=flex:0.5,priority:1.75
openai.gpt-oss-120b* in_region/geo 0.15 0.6 - - - - in=us-east-1 tiers=flex:0.5,priority:1.75
openai.gpt-oss-20b* in_region/geo 0.07 0.3 - - - - in=us-east-1 tiers=flex:0.5,priority:1.75
openai.gpt-oss-safeguard-120b* in_region/geo 0.15 0.6 - - - - in=us-east-1
openai.gpt-oss-safeguard-20b* in_region/geo 0.07 0.2 - - - - in=us-east-1
deepseek.v3-v1* in_region/geo 0.58 1.68 - - - - in=us-east-1 tiers=flex:0.5,priority:1.75
deepseek.v3.2* in_region/geo 0.62 1.85 - - - - in=us-east-1
deepseek.r1* in_region/geo 1.35 5.4 - - - - in=us-east-1
qwen.qwen3-235b-a22b-2507* in_region/geo 0.22 0.88 - - - - in=us-east-1 tiers=flex:0.5,priority:1.75
qwen.qwen3-32b* in_region/geo 0.15 0.6 - - - - in=us-east-1 tiers=flex:0.5,priority:1.75
qwen.qwen3-coder-30b* in_region/geo 0.15 0.6 - - - - in=us-east-1 tiers=flex:0.5,priority:1.75
qwen.qwen3-coder-480b* in_region/geo 0.45 1.8 - - - - in=us-east-1 tiers=flex:0.5,priority:1.75
qwen.qwen3-coder-next* in_region/geo 0.5 1.2 - - - - in=us-east-1
qwen.qwen3-next-80b* in_region/geo 0.15 1.2 - - - - in=us-east-1
qwen.qwen3-vl-235b* in_region/geo 0.53 2.66 - - - - in=us-east-1
meta.llama4-maverick* in_region/geo 0.24 0.97 - - - - in=us-east-1
meta.llama4-scout* in_region/geo 0.17 0.66 - - - - in=us-east-1
meta.llama3-3-70b* in_region/geo 0.72 0.72 - - - - in=us-east-1
meta.llama3-1-70b* in_region/geo 0.72 0.72 - - - - in=us-east-1 fast=0.9:0.9:-:-:-:-
meta.llama3-1-8b* in_region/geo 0.22 0.22 - - - - in=us-east-1
mistral.mistral-large-3* in_region/geo 0.5 1.5 - - - - in=us-east-1
mistral.devstral-2* in_region/geo 0.4 2 - - - - in=us-east-1
mistral.magistral-small* in_region/geo 0.5 1.5 - - - - in=us-east-1
mistral.ministral-3-14b* in_region/geo 0.2 0.2 - - - - in=us-east-1
mistral.ministral-3-8b* in_region/geo 0.15 0.15 - - - - in=us-east-1
mistral.ministral-3-3b* in_region/geo 0.1 0.1 - - - - in=us-east-1
mistral.voxtral-mini* in_region/geo 0.04 0.04 - - - - in=us-east-1
mistral.voxtral-small* in_region/geo 0.1 0.3 - - - - in=us-east-1
mistral.pixtral-large* in_region/geo 2 6 - - - - in=us-east-1
moonshot.kimi-k2-thinking* in_region/geo 0.6 2.5 - - - - in=us-east-1
moonshotai.kimi-k2.5* in_region/geo 0.6 3 - - - - in=us-east-1
minimax.minimax-m2,minimax.minimax-m2.1*,minimax.minimax-m2.5* in_region/geo 0.3 1.2 - - - - in=us-east-1
google.gemma-3-4b* in_region/geo 0.04 0.08 - - - - in=us-east-1
google.gemma-3-12b* in_region/geo 0.09 0.29 - - - - in=us-east-1
google.gemma-3-27b* in_region/geo 0.23 0.38 - - - - in=us-east-1
google.gemma-4-31b* in_region/geo 0.14 0.4 - - - - in=us-east-1
google.gemma-4-26b* in_region/geo 0.13 0.4 - - - - in=us-east-1
google.gemma-4-e2b* in_region/geo 0.04 0.08 - - - - in=us-east-1
nvidia.nemotron-nano-12b* in_region/geo 0.2 0.6 - - - - in=us-east-1
nvidia.nemotron-nano-3-30b* in_region/geo 0.06 0.24 - - - - in=us-east-1
nvidia.nemotron-nano-9b* in_region/geo 0.06 0.23 - - - - in=us-east-1
nvidia.nemotron-super-3* in_region/geo 0.15 0.65 - - - - in=us-east-1
zai.glm-4.7 in_region/geo 0.6 2.2 - - - - in=us-east-1
zai.glm-4.7-flash* in_region/geo 0.07 0.4 - - - - in=us-east-1
zai.glm-5 in_region/geo 1 3.2 - - - - in=us-east-1
writer.palmyra-x4* in_region/geo 2.5 10 - - - - in=us-east-1
writer.palmyra-x5* in_region/geo 0.6 6 - - - - in=us-east-1
writer.palmyra-vision-7b* in_region/geo 0.15 0.6 - - - - in=us-east-1
ai21.jamba-1-5-large* in_region/geo 2 8 - - - - in=us-east-1
ai21.jamba-1-5-mini* in_region/geo 0.2 0.4 - - - - in=us-east-1
moonshotai.kimi-k3* global 3 15 0.3 - - 3.75 tiers=flex:0.5,priority:1.75
moonshotai.kimi-k3* geo 3.3 16.5 0.33 - - 4.125 tiers=flex:0.5,priority:1.75
xai.grok-4.6* global 2 6 0.5 - - - tiers=flex:0.5,priority:1.75
xai.grok-4.6* geo/mantle 2.2 6.6 0.55 - - - tiers=flex:0.5,priority:1.75
xai.grok-4.7* global 2 6 0.5 - - - tiers=flex:0.5,priority:1.75
xai.grok-4.7* geo/mantle 2.2 6.6 0.55 - - - tiers=flex:0.5,priority:1.75
xai.grok-4.3* mantle 1.25 2.5 0.2 - - -
zai.glm-5.3* global 1.68 5.28 0.312 - - 2.1
zai.glm-5.3* geo 1.848 5.808 0.3432 - - 2.31
amazon.titan-embed-text-v2* any 0.02 - - - - -
amazon.titan-embed-text-v1*,amazon.titan-embed-g1-text-02* any 0.1 - - - - -
amazon.titan-embed-image-v1* any 0.8 - - - - - image=0.00006
amazon.nova-2-multimodal-embeddings* any 0.135 - - - - - image=0.00006
cohere.embed-v4* any 0.12 - - - - -
cohere.embed-english-v3*,cohere.embed-multilingual-v3* any 0.1 - - - - -
twelvelabs.marengo-embed-2-7* any - - - - - - image=0.0001 text=0.00007
cohere.rerank-v3-5* any - - - - - - text=0.002
amazon.rerank-v1* any - - - - - - text=0.001
amazon.titan-image-generator* any - - - - - - image=589824:0.008:0.01/Infinity:0.01:0.012
stability.stable-image-core* any - - - - - - image=0.04
stability.stable-image-ultra* any - - - - - - image=0.14
stability.sd3-5-large*,stability.sd3-large* any - - - - - - image=0.08
stability.stable-conservative-upscale* any - - - - - - image=0.4
stability.stable-creative-upscale* any - - - - - - image=0.6
stability.stable-fast-upscale* any - - - - - - image=0.03
stability.stable-outpaint* any - - - - - - image=0.06
stability.stable-style-transfer* any - - - - - - image=0.08
stability.stable-image-control-*,stability.stable-image-erase-object*,stability.stable-image-inpaint*,stability.stable-image-remove-background*,stability.stable-image-search-*,stability.stable-image-style-guide* any - - - - - - image=0.07
`
