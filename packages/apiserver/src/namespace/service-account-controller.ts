import type { ServiceAccountTokens } from "../authn/service-account-tokens.ts";
import { defaultAudience } from "../authn/service-account-tokens.ts";
import { systemContext } from "../bootstrap.ts";
import type { Controller, ControllerContext } from "../controllers/controller.ts";
import { WorkLoop } from "../controllers/work-loop.ts";
import { cloneJson, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

const accountAnnotation = "kubernetes.io/service-account.name";
const accountUidAnnotation = "kubernetes.io/service-account.uid";
const rootCertificateDescription =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. " +
  "No other usage is guaranteed across distributions of Kubernetes clusters.";

export interface ServiceAccountOptions {
  readonly caCertificate: string;
  readonly tokens: ServiceAccountTokens;
}

/** Gives every namespace its `default` ServiceAccount and the authority's certificate, and token Secrets their tokens. */
export function startServiceAccountController(context: ControllerContext, options: ServiceAccountOptions): Controller {
  const { registry, clock, logError } = context;
  const namespaces = registry.getStore("", "namespaces");
  const accounts = registry.getStore("", "serviceaccounts");
  const configMaps = registry.getStore("", "configmaps");
  const secrets = registry.getStore("", "secrets");

  const furnish = (name: string): void => {
    const namespace = namespaces.find({ namespace: "", name })?.object;
    if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return;
    const write = systemContext("kube-controller-manager", clock.now());
    const make = (kind: string, objectName: string, more: JsonObject): KubeObject => ({
      apiVersion: "v1",
      kind,
      metadata: { name: objectName, namespace: name },
      ...more,
    });
    if (accounts.find({ namespace: name, name: "default" }) === undefined) {
      accounts.create(name, make("ServiceAccount", "default", {}), write);
    }
    const certificate = configMaps.find({ namespace: name, name: "kube-root-ca.crt" });
    if (certificate === undefined) {
      const map = make("ConfigMap", "kube-root-ca.crt", { data: { "ca.crt": options.caCertificate } });
      map.metadata.annotations = { "kubernetes.io/description": rootCertificateDescription };
      configMaps.create(name, map, write);
    }
  };

  /** Fills a Secret of the old token type. */
  const issue = (key: string): void => {
    const [namespace = "", name = ""] = key.split("/");
    const secret = secrets.find({ namespace, name })?.object;
    if (secret === undefined || !needsToken(secret)) return;
    const accountName = secret.metadata.annotations?.[accountAnnotation] ?? "";
    const account = accounts.find({ namespace, name: accountName })?.object;
    if (account?.metadata.uid === undefined) return;
    const now = clock.now();
    const token = options.tokens.issue({
      namespace,
      serviceAccount: { name: accountName, uid: account.metadata.uid },
      boundObject: { kind: "Secret", name, uid: secret.metadata.uid ?? "" },
      audiences: [defaultAudience],
      issuedAt: Math.floor(now / 1000),
    });
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    const fill = (current: KubeObject): KubeObject => {
      const copy = cloneJson(current);
      copy.metadata.annotations = { ...copy.metadata.annotations, [accountUidAnnotation]: account.metadata.uid ?? "" };
      copy["data"] = {
        ...(copy["data"] as JsonObject | undefined),
        "ca.crt": base64(options.caCertificate),
        namespace: base64(namespace),
        token: base64(token),
      };
      return copy;
    };
    secrets.update(
      { namespace, name },
      { subresource: "", transform: fill },
      systemContext("kube-controller-manager", now),
    );
  };

  const namespaceLoop = new WorkLoop(furnish, logError);
  const secretLoop = new WorkLoop(issue, logError);
  const subscriptions = [
    namespaces.collection.subscribe(({ type, stored }) => {
      if (type !== "DELETED") namespaceLoop.add(stored.object.metadata.name);
    }),
    // Both come back when somebody deletes them.
    ...[accounts, configMaps].map((store) =>
      store.collection.subscribe(({ type, stored }) => {
        const { name, namespace = "" } = stored.object.metadata;
        if (type === "DELETED" && (name === "default" || name === "kube-root-ca.crt")) namespaceLoop.add(namespace);
      }),
    ),
    secrets.collection.subscribe(({ type, stored }) => {
      if (type !== "DELETED" && needsToken(stored.object)) secretLoop.add(stored.key);
    }),
  ];
  for (const { object } of namespaces.collection.list("")) namespaceLoop.add(object.metadata.name);
  return {
    stop: () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      namespaceLoop.stop();
      secretLoop.stop();
    },
  };
}

function needsToken(secret: KubeObject): boolean {
  if (secret["type"] !== "kubernetes.io/service-account-token") return false;
  const { data } = secret;
  return typeof data !== "object" || data === null || Array.isArray(data) || data["token"] === undefined;
}
