/** Where the built-in prices were read, and when. The day of the newest: 2026-10-24. List prices, in US dollars, without discounts. */
export const PRICE_SOURCES = {
  A1: 'Amazon Bedrock pricing page, every tab, as scraped by a public data repository (us-east-1 columns unless said), 2026-07-24',
  A2: 'AWS Price List bulk files AmazonBedrock and AmazonBedrockFoundationModels, publication 2026-09-17, read again 2026-10-08',
  A3: 'AWS model cards (Bedrock user guide), section Pricing, 2026-10',
  A4: 'AWS Marketplace rate cards through ListFoundationModelAgreementOffers, 2026-10-08',
  A5: 'Amazon Bedrock pricing page, as kept by a public repository in Korean, without a date (us-east-1); P2 has the same least price',
  P1: 'public catalogues built on models.dev (provider amazon-bedrock), 2026-10; agrees with A2 wherever both have a row',
  P2: 'model_prices_and_context_window.json of LiteLLM, 2026-08-01; several of its Bedrock rows are wrong and are not used',
  P3: 'a reseller of Bedrock in the US geography that lists its rates, 2026-10',
  F1: "Anthropic's own price page, 2026-10-24: the same as Bedrock's global rates wherever both are known",
  G1: 'several public notes that quote the Bedrock pricing page on Guardrails, 2026-02 to 2026-10'
} as const
