/** The names of services' roles, where they cannot be told from the service's own. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["autoscaling", "AutoScaling"],
  ["backup", "Backup"],
  ["cks.kms", "KeyManagementServiceCustomKeyStores"],
  ["cloudtrail", "CloudTrail"],
  ["dynamodb.application-autoscaling", "ApplicationAutoScaling_DynamoDBTable"],
  ["ecs", "ECS"],
  ["elasticache", "ElastiCache"],
  ["elasticbeanstalk", "ElasticBeanstalk"],
  ["elasticfilesystem", "AmazonElasticFileSystem"],
  ["elasticloadbalancing", "ElasticLoadBalancing"],
  ["lex", "LexBots"],
  ["mrk.kms", "KeyManagementServiceMultiRegionKeys"],
  ["organizations", "Organizations"],
  ["rds", "RDS"],
  ["redshift", "Redshift"],
  ["spot", "EC2Spot"],
  ["ssm", "AmazonSSM"],
  ["sso", "SSO"],
  ["support", "Support"],
]);

/** Undefined for what is no service that has such a role. */
export function serviceRoleName(service: string, suffix: string | undefined): string | undefined {
  const [, id] = /^([a-z0-9.-]+)\.amazonaws\.com$/.exec(service) ?? [];
  const name = id === undefined ? undefined : NAMES.get(id);
  if (name === undefined) return undefined;
  return `AWSServiceRoleFor${name}${suffix === undefined ? "" : `_${suffix}`}`;
}
