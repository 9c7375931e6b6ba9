import type { ArchitectureNotice, Component, Exposure, Fragment, Port, Setting } from '../model.ts';
import { environmentInName } from './compose.ts';
import { parseHcl, type HclAttribute, type HclBlock } from './hcl.ts';
import { secretSeen } from './secrets.ts';

const databases: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    aws_db_instance: 'postgres',
    aws_rds_cluster: 'postgres',
    google_sql_database_instance: 'postgres',
    azurerm_postgresql_flexible_server: 'postgres',
    azurerm_postgresql_server: 'postgres',
    azurerm_mssql_server: 'mssql',
    azurerm_mysql_flexible_server: 'mysql',
    aws_elasticache_replication_group: 'redis',
    aws_elasticache_cluster: 'redis',
    azurerm_redis_cache: 'redis',
    google_redis_instance: 'redis',
    aws_dynamodb_table: 'dynamodb',
    aws_opensearch_domain: 'elasticsearch',
    aws_docdb_cluster: 'mongodb',
    azurerm_cosmosdb_account: 'cosmosdb',
    aws_s3_bucket: 's3',
    google_storage_bucket: 's3',
    azurerm_storage_account: 's3',
    aws_sqs_queue: 'sqs',
    aws_msk_cluster: 'kafka',
  }),
);
const fronts: ReadonlySet<string> = new Set([
  'aws_lb',
  'aws_alb',
  'aws_elb',
  'aws_apigatewayv2_api',
  'aws_api_gateway_rest_api',
  'aws_cloudfront_distribution',
  'google_compute_global_forwarding_rule',
  'azurerm_application_gateway',
  'azurerm_api_management',
]);
const services: ReadonlySet<string> = new Set([
  'aws_ecs_service',
  'aws_lambda_function',
  'aws_instance',
  'google_cloud_run_service',
  'google_cloud_run_v2_service',
  'azurerm_linux_web_app',
  'azurerm_container_app',
  'aws_apprunner_service',
]);

/** Whether a file name and text are Terraform's. */
export function isTerraform(file: string, text: string): boolean {
  return file.endsWith('.tf') && /^\s*(?:resource|variable|module|provider|terraform|locals|data|output)\b/m.test(text);
}

/** Reads the resources of a Terraform file whose meaning is plain: databases, buckets, load balancers, services, firewalls. */
export function readTerraform(file: string, text: string): Fragment {
  const components: Component[] = [];
  const notices: ArchitectureNotice[] = [];
  const blocks = parseHcl(file, text);
  for (const block of blocks) {
    if (block.type === 'variable') {
      const value = block.attributes.get('default');
      const seen =
        value?.literal === true ? secretSeen(block.labels[0] ?? '', value.values[0], value.place) : undefined;
      if (seen !== undefined && seen.how !== 'reference')
        components.push(component(file, block, 'process', 'terraform-variable', { secrets: [seen] }));
      continue;
    }
    if (block.type !== 'resource') continue;
    const [type = ''] = block.labels;
    const technology = databases.get(type);
    if (technology !== undefined)
      components.push(component(file, block, 'store', engine(block) ?? technology, storeFacts(block, technology)));
    else if (fronts.has(type))
      components.push(component(file, block, 'gateway', type, { ports: frontPorts(block, blocks) }));
    else if (services.has(type)) components.push(component(file, block, 'process', type, {}));
    else if (/security_group|firewall|network_security_rule/.test(type)) {
      const settings = openRules(block);
      if (settings.length > 0) components.push(component(file, block, 'process', 'firewall', { settings }));
    } else if (type === 'aws_s3_bucket_acl' || type === 'aws_s3_bucket_public_access_block') {
      const settings = bucketSettings(block);
      if (settings.length > 0) components.push(component(file, block, 'store', 's3', { settings }));
    }
  }
  if (blocks.some((block) => block.type === 'module'))
    notices.push({
      message: 'modules are not followed',
      place: blocks.find((block) => block.type === 'module')?.place ?? { file },
    });
  return { components, flows: [], auditSinks: [], notices };
}

function component(
  file: string,
  block: HclBlock,
  kind: Component['kind'],
  technology: string,
  facts: Partial<Pick<Component, 'ports' | 'secrets' | 'settings'>>,
): Component {
  const name = block.labels[1] ?? block.labels[0] ?? block.type;
  const secrets = [...block.attributes].flatMap(([key, value]) => {
    if (value.values.length !== 1) return [];
    const seen = secretSeen(key, value.literal ? value.values[0] : `\${${value.values[0] ?? ''}}`, value.place);
    return seen === undefined ? [] : [seen];
  });
  return {
    id: `terraform:${file}:${block.labels.join('.')}`,
    name,
    kind,
    source: 'terraform',
    technology,
    image: undefined,
    environment: environmentInName(file) ?? environmentInName(name),
    ports: facts.ports ?? [],
    secrets: [...secrets, ...(facts.secrets ?? [])],
    settings: facts.settings ?? [],
    networks: [],
    place: block.place,
  };
}

function engine(block: HclBlock): string | undefined {
  const value = block.attributes.get('engine')?.values[0]?.toLowerCase();
  return value === undefined
    ? undefined
    : value.replace(/^aurora-?/, '').replace(/^postgresql$/, 'postgres') || undefined;
}

function storeFacts(block: HclBlock, technology: string): Pick<Component, 'ports' | 'settings'> {
  const settings: Setting[] = [];
  const off = (name: string): void => {
    const value = block.attributes.get(name);
    if (isExactly(value, 'false'))
      settings.push({ kind: 'encryption-off', detail: `${name} = false`, place: value.place });
  };
  for (const name of [
    'storage_encrypted',
    'encrypted',
    'at_rest_encryption_enabled',
    'transit_encryption_enabled',
    'ssl_enforcement_enabled',
    'https_traffic_only_enabled',
  ])
    off(name);
  const open = block.attributes.get('publicly_accessible') ?? block.attributes.get('public_network_access_enabled');
  const acl = block.attributes.get('acl');
  if (acl?.literal === true && acl.values[0]?.startsWith('public') === true)
    settings.push({ kind: 'public-bucket', detail: `acl = ${acl.values[0] ?? ''}`, place: acl.place });
  const exposure: Exposure = isExactly(open, 'true') ? 'public' : 'internal';
  const number =
    Number(block.attributes.get('port')?.values[0]) ||
    ({ postgres: 5432, mysql: 3306, redis: 6379 }[technology] ?? 443);
  const port: Port = {
    number,
    exposure,
    protocol: 'tcp',
    tls: undefined,
    redirectsToTls: false,
    management: false,
    place: open?.place ?? block.place,
  };
  return { ports: technology === 's3' || technology === 'sqs' || technology === 'dynamodb' ? [] : [port], settings };
}

function frontPorts(front: HclBlock, blocks: readonly HclBlock[]): Port[] {
  const internal =
    isExactly(front.attributes.get('internal'), 'true') || front.attributes.get('scheme')?.values[0] === 'internal';
  const name = front.labels.join('.');
  const listeners = blocks.filter(
    (block) =>
      /^aws_a?lb_listener$/.test(block.labels[0] ?? '') &&
      (block.attributes.get('load_balancer_arn')?.values[0] ?? '').startsWith(name),
  );
  return listeners.map((listener) => {
    const protocol = listener.attributes.get('protocol')?.values[0] ?? 'HTTP';
    const policy = listener.attributes.get('ssl_policy');
    const secure = /^(?:HTTPS|TLS)$/.test(protocol);
    const action = listener.blocks.find((block) => block.type === 'default_action');
    const versions = /TLS-?1-0|2015-05|2016-08|TLS13-1-0/.test(policy?.values[0] ?? '') ? ['TLSv1'] : [];
    return {
      number: Number(listener.attributes.get('port')?.values[0]) || (secure ? 443 : 80),
      exposure: internal ? 'internal' : 'public',
      protocol: secure ? 'https' : 'http',
      tls: secure
        ? {
            versions,
            clientCertificate: listener.blocks.some((block) => block.type === 'mutual_authentication'),
            place: policy?.place ?? listener.place,
          }
        : undefined,
      redirectsToTls: action?.attributes.get('type')?.values[0] === 'redirect',
      management: false,
      place: listener.place,
    };
  });
}

function openRules(block: HclBlock): Setting[] {
  const rules =
    block.blocks.filter((inner) => inner.type === 'ingress').length > 0
      ? block.blocks.filter((inner) => inner.type === 'ingress')
      : [block];
  return rules.flatMap((rule): Setting[] => {
    if (rule.attributes.get('type')?.values[0] === 'egress') return [];
    const open = ['cidr_blocks', 'cidr_ipv4', 'source_ranges', 'source_address_prefix']
      .map((name) => rule.attributes.get(name))
      .find((value) => value?.values.some((text) => /^(?:0\.0\.0\.0\/0|::\/0|\*|Internet)$/.test(text)));
    if (open === undefined) return [];
    const from =
      rule.attributes.get('from_port')?.values[0] ?? rule.attributes.get('destination_port_range')?.values[0] ?? '?';
    const to = rule.attributes.get('to_port')?.values[0] ?? from;
    if (/^(?:80|443)$/.test(from) && from === to) return [];
    return [{ kind: 'wide-open-firewall', detail: `ports ${from}-${to} from anywhere`, place: open.place }];
  });
}

function bucketSettings(block: HclBlock): Setting[] {
  const acl = block.attributes.get('acl');
  if (acl?.literal === true && acl.values[0]?.startsWith('public') === true)
    return [{ kind: 'public-bucket', detail: `acl = ${acl.values[0] ?? ''}`, place: acl.place }];
  const off = ['block_public_acls', 'block_public_policy', 'restrict_public_buckets']
    .map((name) => [name, block.attributes.get(name)] as const)
    .find(([, value]) => isExactly(value, 'false'));
  return off?.[1] === undefined ? [] : [{ kind: 'public-bucket', detail: `${off[0]} = false`, place: off[1].place }];
}

function isExactly(value: HclAttribute | undefined, text: string): value is HclAttribute {
  return value !== undefined && value.literal && value.values.length === 1 && value.values[0] === text;
}
