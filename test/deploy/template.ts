import { readFileSync } from 'node:fs'
import { Pair, parseDocument, Scalar, YAMLMap } from 'yaml'

export type Json = string | number | boolean | null | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

export interface Parameter {
  Type: string
  Description: string
  Default?: string | number
  AllowedValues?: (string | number)[]
  AllowedPattern?: string
  MinValue?: number
  MaxValue?: number
}

interface Rule {
  RuleCondition?: Json
  Assertions: { Assert: Json; AssertDescription: string }[]
}

export interface Template {
  Metadata: {
    'AWS::CloudFormation::Interface': {
      ParameterGroups: { Label: { default: string }; Parameters: string[] }[]
      ParameterLabels: Record<string, { default: string }>
    }
  }
  Parameters: Record<string, Parameter>
  Rules: Record<string, Rule>
  Mappings: Record<string, Record<string, Record<string, string>>>
  Conditions: Record<string, Json>
  Resources: Record<string, { Type: string; Condition?: string; DependsOn?: string | string[]; Properties?: JsonObject }>
  Outputs: Record<string, { Value: Json }>
}

export interface Resolved {
  /** Resources whose condition holds, with their properties. References read `<Name>`, attributes `<Name.Attribute>`. */
  resources: Record<string, { type: string; properties: JsonObject }>
  outputs: Record<string, Json>
}

export type Values = Record<string, string>

const FUNCTIONS = [
  'And',
  'Cidr',
  'Contains',
  'Equals',
  'FindInMap',
  'GetAZs',
  'GetAtt',
  'If',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub'
]

const textOf = (name: string) => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8')

export const TEMPLATE_TEXT = textOf('fargate.yaml')

/** The template with its short forms (`!If`) in their long form (`Fn::If`). */
export const TEMPLATE = parseTemplate(TEMPLATE_TEXT)

export const LAMBDA_TEMPLATE = parseTemplate(textOf('lambda.yaml'))

/** The values that a user who changes nothing but the needed ones gives: HTTP for one address. */
export const LEAST: Values = {
  ContainerImageUri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/adit:0.1.0',
  ApiKeyParam: '/adit/api-key',
  AllowHttp: 'true',
  AllowedCidr: '203.0.113.7/32'
}

/** A template with its short forms in their long form. */
export function parseTemplate(text: string): Template {
  const names: [string, string][] = [
    ['!Ref', 'Ref'],
    ['!Condition', 'Condition'],
    ...FUNCTIONS.map((name): [string, string] => [`!${name}`, `Fn::${name}`])
  ]
  const wrap = (name: string) => (value: unknown) => {
    const map = new YAMLMap()
    map.add(new Pair(new Scalar(name), value))
    return map
  }
  const document = parseDocument(text, {
    customTags: names.flatMap(([tag, name]) => [
      { tag, resolve: (value: string) => ({ [name]: value }) },
      { tag, collection: 'seq' as const, resolve: wrap(name) },
      { tag, collection: 'map' as const, resolve: wrap(name) }
    ])
  })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) throw problem
  return document.toJS() as Template
}

/** What CloudFormation's console and API would refuse about these values, sentence by sentence. */
export function refusals(values: Values, template = TEMPLATE): string[] {
  const given = withDefaults(values, template)
  const unknown = Object.keys(values).filter((name) => template.Parameters[name] === undefined)
  const misfits = Object.entries(template.Parameters)
    .filter(([name, parameter]) => !fits(given[name], parameter))
    .map(([name]) => `${name} does not fit`)
  const broken = Object.values(template.Rules)
    .filter((rule) => rule.RuleCondition === undefined || truth(rule.RuleCondition, given, template))
    .flatMap((rule) => rule.Assertions.filter(({ Assert }) => !truth(Assert, given, template)))
    .map(({ AssertDescription }) => AssertDescription)
  return [...unknown.map((name) => `${name} is no parameter`), ...misfits, ...broken]
}

function fits(value: string | undefined, parameter: Parameter): boolean {
  if (value === undefined) return false
  const { AllowedValues, AllowedPattern, MinValue, MaxValue } = parameter
  if (AllowedValues && !AllowedValues.map(String).includes(value)) return false
  if (AllowedPattern && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) return false
  if (parameter.Type === 'Number' && !/^\d+$/.test(value)) return false
  return !(MinValue !== undefined && Number(value) < MinValue) && !(MaxValue !== undefined && Number(value) > MaxValue)
}

/** The template as CloudFormation would carry it out for these values. Throws when it refers to what its conditions leave out. */
export function resolve(values: Values, pseudo: Values = {}, template = TEMPLATE): Resolved {
  const given = {
    'AWS::Region': 'us-east-1',
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::AccountId': '123456789012',
    'AWS::StackName': 'adit',
    'AWS::StackId': 'arn:aws:cloudformation:us-east-1:123456789012:stack/adit/51af3dc0-da77-11e4-872e-1234567db123',
    ...pseudo,
    ...withDefaults(values, template)
  }
  const alive = new Set(
    Object.entries(template.Resources)
      .filter(([, { Condition }]) => Condition === undefined || truth({ Condition }, given, template))
      .map(([name]) => name)
  )
  const scope: Scope = { given, template, alive }
  const resources = Object.entries(template.Resources)
    .filter(([name]) => alive.has(name))
    .map(([name, { Type, Properties }]) => [name, { type: Type, properties: evaluate(Properties ?? {}, scope) as JsonObject }])
  const outputs = Object.entries(template.Outputs).map(([name, { Value }]) => [name, evaluate(Value, scope) as Json])
  return { resources: Object.fromEntries(resources), outputs: Object.fromEntries(outputs) }
}

function withDefaults(values: Values, template: Template): Values {
  const defaults = Object.entries(template.Parameters)
    .filter(([, parameter]) => parameter.Default !== undefined)
    .map(([name, parameter]) => [name, String(parameter.Default)])
  return { ...Object.fromEntries(defaults), ...values }
}

interface Scope {
  given: Values
  template: Template
  alive: ReadonlySet<string>
}

function truth(condition: Json, given: Values, template: Template): boolean {
  const result = evaluate(condition, { given, template, alive: new Set() })
  if (typeof result !== 'boolean') throw new Error(`no condition: ${JSON.stringify(condition)}`)
  return result
}

/** `undefined` stands for AWS::NoValue; it vanishes from lists and objects. */
function evaluate(node: Json, scope: Scope): Json | undefined {
  if (Array.isArray(node)) return node.map((item) => evaluate(item, scope)).filter((item) => item !== undefined)
  if (typeof node !== 'object' || node === null) return node
  const [only, ...more] = Object.entries(node)
  if (only !== undefined && more.length === 0) {
    const [name, argument] = only
    if (name === 'Ref') return reference(String(argument), scope)
    if (name === 'Condition' && typeof argument === 'string') return conditionOf(argument, scope)
    if (name.startsWith('Fn::')) return call(name, argument, scope)
  }
  const pairs = Object.entries(node).map(([key, value]) => [key, evaluate(value, scope)] as const)
  return Object.fromEntries(pairs.filter((pair): pair is [string, Json] => pair[1] !== undefined))
}

function conditionOf(name: string, { given, template }: Scope): boolean {
  const condition = template.Conditions[name]
  if (condition === undefined) throw new Error(`no condition ${name}`)
  return truth(condition, given, template)
}

function reference(name: string, { given, alive, template }: Scope): string | undefined {
  if (name === 'AWS::NoValue') return undefined
  if (given[name] !== undefined) return given[name]
  if (!alive.has(name)) throw new Error(`reference to ${name}, which is not there`)
  // A bucket's name has rules of its own, and the gateway reads it.
  return template.Resources[name]?.Type === 'AWS::S3::Bucket' ? name.toLowerCase() : `<${name}>`
}

function attribute(path: string, { alive }: Scope): string {
  const name = path.split('.', 1)[0] ?? ''
  if (!alive.has(name)) throw new Error(`attribute ${path} of what is not there`)
  return `<${path}>`
}

function call(name: string, argument: Json, scope: Scope): Json | undefined {
  if (name === 'Fn::GetAtt') return attribute(Array.isArray(argument) ? argument.join('.') : String(argument), scope)
  if (name === 'Fn::If') {
    const [condition, then, otherwise] = argument as [string, Json, Json]
    return evaluate(conditionOf(condition, scope) ? then : otherwise, scope)
  }
  if (name === 'Fn::Sub') return substitute(argument, scope)
  const values = evaluate(argument, scope) as Json[]
  switch (name) {
    case 'Fn::And':
      return values.every(Boolean)
    case 'Fn::Or':
      return values.some(Boolean)
    case 'Fn::Not':
      return !values[0]
    case 'Fn::Equals':
      return String(values[0]) === String(values[1])
    case 'Fn::Contains':
      return (values[0] as string[]).includes(String(values[1]))
    case 'Fn::Select':
      return select(values)
    case 'Fn::Split':
      return String(values[1]).split(String(values[0]))
    case 'Fn::FindInMap':
      return findInMap(values.map(String), scope)
    case 'Fn::GetAZs':
      return ['a', 'b', 'c'].map((zone) => `${scope.given['AWS::Region']}${zone}`)
    case 'Fn::Cidr':
      return cidrs(String(values[0]), Number(values[1]), Number(values[2]))
    default:
      throw new Error(`${name} is not known here`)
  }
}

function select(values: Json[]): Json {
  const found = (values[1] as Json[])[Number(values[0])]
  if (found === undefined) throw new Error(`nothing at ${values[0]} of ${JSON.stringify(values[1])}`)
  return found
}

function findInMap([map = '', first = '', second = '']: string[], { template }: Scope): string {
  const found = template.Mappings[map]?.[first]?.[second]
  if (found === undefined) throw new Error(`nothing in ${map} for ${first}, ${second}`)
  return found
}

function substitute(argument: Json, scope: Scope): string {
  const [text, variables] = Array.isArray(argument) ? (argument as [string, JsonObject]) : [String(argument), {}]
  return text.replace(/\$\{([^!}]+)\}/g, (_, name: string) => {
    const own = variables[name]
    if (own !== undefined) return String(evaluate(own, scope))
    return name.includes('.') ? attribute(name, scope) : String(reference(name, scope))
  })
}

function cidrs(range: string, count: number, hostBits: number): string[] {
  const [address = '', length = ''] = range.split('/')
  const base = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  const size = 2 ** hostBits
  if (count * size > 2 ** (32 - Number(length))) throw new Error(`${range} has no ${count} parts of ${size}`)
  return Array.from({ length: count }, (_, i) => {
    const start = base + i * size
    return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${32 - hostBits}`
  })
}
