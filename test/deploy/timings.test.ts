import t from 'tap'
import { environmentOf, taskDefinition } from './parts.ts'
import { type Json, type JsonObject, LEAST, resolve, TEMPLATE } from './template.ts'

const attribute = (list: Json | undefined, key: string) => Number((list as JsonObject[]).find(({ Key }) => Key === key)?.Value)

for (const IdleTimeoutSeconds of TEMPLATE.Parameters.IdleTimeoutSeconds?.AllowedValues ?? [])
  t.test(
    `with an idle timeout of ${IdleTimeoutSeconds} s, the balancer gives up connections before the server does`,
    async (t) => {
      const { resources } = resolve({ ...LEAST, IdleTimeoutSeconds: String(IdleTimeoutSeconds) })
      const idle = 1000 * attribute(resources.LoadBalancer?.properties.LoadBalancerAttributes, 'idle_timeout.timeout_seconds')
      const env = environmentOf(resources)
      t.equal(idle, 1000 * Number(IdleTimeoutSeconds))
      t.ok(Number(env.KEEP_ALIVE_TIMEOUT_MS) >= idle + 10_000, 'keep-alive outlives the idle timeout by ten seconds')
      t.ok(Number(env.HEARTBEAT_MS) * 2 < idle, 'one lost heartbeat does not cut a stream')
    }
  )

t.test('a stopped task has the time it promises to running answers', async (t) => {
  const { resources } = resolve(LEAST)
  const { container } = taskDefinition(resources)
  const env = environmentOf(resources)
  const stop = 1000 * Number(container.StopTimeout)
  t.ok(stop <= 120_000, 'Fargate kills after 120 s at most')
  t.ok(Number(env.SHUTDOWN_GRACE_MS) + 5000 <= stop, 'the grace ends five seconds before the kill')
  t.ok(Number(env.DRAIN_DELAY_MS) < Number(env.SHUTDOWN_GRACE_MS), 'the delay is a part of the grace')
})

t.test('a task that is told to stop takes requests until the balancer has seen that it drains', async (t) => {
  const { resources } = resolve(LEAST)
  const group = resources.TargetGroup?.properties as Record<string, number>
  const seen = 1000 * Number(group.HealthCheckIntervalSeconds) * Number(group.UnhealthyThresholdCount)
  t.ok(Number(environmentOf(resources).DRAIN_DELAY_MS) >= seen + 1000 * Number(group.HealthCheckTimeoutSeconds))
})

t.test('a deployment waits for streams at least as long as SIGTERM does', async (t) => {
  const smallest = TEMPLATE.Parameters.DrainSeconds?.MinValue
  const { resources } = resolve({ ...LEAST, DrainSeconds: String(smallest) })
  const delay = 1000 * attribute(resources.TargetGroup?.properties.TargetGroupAttributes, 'deregistration_delay.timeout_seconds')
  t.ok(delay >= Number(environmentOf(resources).SHUTDOWN_GRACE_MS))
  t.ok((TEMPLATE.Parameters.DrainSeconds?.MaxValue ?? 0) <= 3600, 'the most that a target group takes')
})

t.test('health checks answer within their interval, and the image is checked the same way', async (t) => {
  const { resources } = resolve(LEAST)
  const group = resources.TargetGroup?.properties as Record<string, number>
  t.ok(Number(group.HealthCheckTimeoutSeconds) < Number(group.HealthCheckIntervalSeconds))
  const { HealthCheck } = taskDefinition(resources).container as { HealthCheck: Record<string, number> }
  t.ok(Number(HealthCheck.Timeout) < Number(HealthCheck.Interval))
  t.equal(group.HealthCheckPath, '/ready')
  t.strictSame(HealthCheck.Command, ['CMD', '/usr/local/bin/node', '/app/dist/healthcheck.js'])
})
