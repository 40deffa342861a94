import type { JsonObject, Resolved } from './template.ts'

export type Resources = Resolved['resources']

export interface Statement {
  role: string
  Sid?: string
  Action: string[]
  Resource: string[]
  Condition?: JsonObject
}

export function propertiesOf(resources: Resources, name: string): JsonObject {
  const found = resources[name]
  if (found === undefined) throw new Error(`no resource ${name}`)
  return found.properties
}

export function ofType(resources: Resources, type: string): JsonObject[] {
  return Object.values(resources)
    .filter((resource) => resource.type === type)
    .map(({ properties }) => properties)
}

export function taskDefinition(resources: Resources): { task: JsonObject; container: JsonObject } {
  const task = propertiesOf(resources, 'TaskDefinition')
  const [container] = task.ContainerDefinitions as JsonObject[]
  if (container === undefined) throw new Error('no container')
  return { task, container }
}

export function environmentOf(resources: Resources): Record<string, string> {
  const { container } = taskDefinition(resources)
  return Object.fromEntries((container.Environment as JsonObject[]).map(({ Name, Value }) => [String(Name), String(Value)]))
}

/** All statements of the inline policies of all roles, with lists where IAM also takes single values. */
export function statementsOf(resources: Resources): Statement[] {
  return Object.entries(resources)
    .filter(([, { type }]) => type === 'AWS::IAM::Role')
    .flatMap(([role, { properties }]) =>
      (properties.Policies as { PolicyDocument: { Statement: JsonObject[] } }[])
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .map((statement) => ({
          ...(statement as Partial<Statement>),
          role,
          Action: [statement.Action].flat().map(String),
          Resource: [statement.Resource].flat().map(String)
        }))
    )
}
