//go:build ignore

// Prints the schema facts that strategic merge needs, as compact JSON, from the OpenAPI document that kyaml embeds.
// Run it in a scratch module that requires sigs.k8s.io/kustomize/kyaml at the version of the oracle:
//
//	go run generate-schema.go > ../src/schema/kubernetes.json
//
// Only names, references and merge keys are kept; see ../src/schema/open-api.ts for the layout.
package main

import (
	"encoding/json"
	"os"
	"sort"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const prefix = "#/definitions/"

func shape(s spec.Schema, index map[string]int) any {
	if ref := s.Ref.String(); ref != "" {
		return index[strings.TrimPrefix(ref, prefix)]
	}
	out := map[string]any{}
	if len(s.Type) == 1 && s.Type[0] == "array" && s.Items != nil && s.Items.Schema != nil {
		out["i"] = known(shape(*s.Items.Schema, index))
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		out["a"] = known(shape(*s.AdditionalProperties.Schema, index))
	}
	if len(s.Properties) > 0 {
		fields := map[string]any{}
		var leaves []string
		for name, property := range s.Properties {
			inner := shape(property, index)
			if inner == nil {
				leaves = append(leaves, name)
			} else {
				fields[name] = inner
			}
		}
		if len(fields) > 0 {
			out["p"] = fields
		}
		if len(leaves) > 0 {
			sort.Strings(leaves)
			out["l"] = strings.Join(leaves, " ")
		}
	}
	if strategy, ok := s.Extensions["x-kubernetes-patch-strategy"]; ok {
		out["s"] = strategy
	}
	if key, ok := s.Extensions["x-kubernetes-patch-merge-key"]; ok {
		out["k"] = key
	}
	if keys, ok := s.Extensions["x-kubernetes-list-map-keys"]; ok {
		out["m"] = keys
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// known says that there is a schema, even where it says nothing.
func known(shape any) any {
	if shape == nil {
		return map[string]any{}
	}
	return shape
}

func main() {
	definitions := openapi.Schema().Definitions
	names := make([]string, 0, len(definitions))
	for name := range definitions {
		names = append(names, name)
	}
	sort.Strings(names)
	index := map[string]int{}
	for i, name := range names {
		index[name] = i
	}
	shapes := make([]any, len(names))
	kinds := map[string]int{}
	scopes := map[string]bool{}
	for i, name := range names {
		definition := definitions[name]
		shapes[i] = known(shape(definition, index))
		gvks, _ := definition.Extensions["x-kubernetes-group-version-kind"].([]any)
		for _, each := range gvks {
			gvk := each.(map[string]any)
			apiVersion := gvk["version"].(string)
			if group, _ := gvk["group"].(string); group != "" {
				apiVersion = group + "/" + apiVersion
			}
			kinds[apiVersion+" "+gvk["kind"].(string)] = i
		}
	}
	for key := range kinds {
		parts := strings.SplitN(key, " ", 2)
		if namespaced, found := isNamespaced(parts[0], parts[1]); found {
			scopes[key] = namespaced
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"definitions": names, "shapes": shapes, "kinds": kinds, "namespaced": scopes}); err != nil {
		panic(err)
	}
}

func isNamespaced(apiVersion, kind string) (bool, bool) {
	return openapi.IsNamespaceScoped(yaml.TypeMeta{APIVersion: apiVersion, Kind: kind})
}
