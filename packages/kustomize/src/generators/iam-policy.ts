import { type Shape, struct, text } from "../decode.ts";
import { KustomizeError } from "../errors.ts";
import { makeMapping, makeScalar, makeString } from "../node/make.ts";
import { Resource } from "../resource.ts";
import type { OpenApi } from "../schema/open-api.ts";

/** The configuration of the built-in `IAMPolicyGenerator`. */
export interface IamPolicyArgs {
  readonly cloud?: string;
  readonly kubernetesService?: { readonly namespace?: string; readonly name?: string };
  readonly serviceAccount?: { readonly name?: string; readonly projectId?: string };
}

export const iamPolicyShape: Shape<IamPolicyArgs> = struct("IAMPolicyGeneratorPlugin", {
  cloud: text,
  kubernetesService: struct("KubernetesService", { namespace: text, name: text }),
  serviceAccount: struct("ServiceAccount", { name: text, projectId: text }),
});

/** Makes the Kubernetes ServiceAccount that stands for one of Google's. */
export function generateIamPolicy(args: IamPolicyArgs, openApi: OpenApi): Resource {
  if (args.cloud !== "gke") {
    throw new KustomizeError("InvalidGenerator", `cloud provider ${args.cloud ?? ""} not supported yet`);
  }
  const account = `${args.serviceAccount?.name ?? ""}@${args.serviceAccount?.projectId ?? ""}.iam.gserviceaccount.com`;
  const namespace = args.kubernetesService?.namespace ?? "";
  const node = makeMapping([
    ["apiVersion", makeString("v1")],
    ["kind", makeString("ServiceAccount")],
    [
      "metadata",
      makeMapping([
        ["annotations", makeMapping([["iam.gke.io/gcp-service-account", makeString(account)]])],
        ["name", makeScalar(args.kubernetesService?.name ?? "")],
        ...(namespace === "" ? [] : ([["namespace", makeScalar(namespace)]] as const)),
      ]),
    ],
  ]);
  return new Resource(node, openApi);
}
