// Command structs prints how Go encodes the fields of every built-in kind: their order, and which of them are left
// out when empty. An OpenAPI document says neither. Its output is packages/api/src/kubernetes/generated/structs.json:
//
//	go run ./structs > ../../../api/src/kubernetes/generated/structs.json
//
// A type is a line of field names in their order, each with a mark: `*` for what is left out when absent (a pointer),
// `!` for what is never left out but written as its zero value, `?` for what is never left out but written as null;
// none for what is left out when it has its zero value.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

func main() {
	known := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme} {
		if err := add(known); err != nil {
			panic(err)
		}
	}
	structs := map[string]string{}
	for kind, goType := range known.AllKnownTypes() {
		isStable := !strings.Contains(kind.Version, "alpha") && !strings.Contains(kind.Version, "beta")
		if kind.Version == "__internal" || !isStable || strings.HasSuffix(kind.Kind, "List") {
			continue
		}
		describe(goType, structs)
	}
	encoded, err := json.MarshalIndent(structs, "", " ")
	if err != nil {
		panic(err)
	}
	fmt.Println(string(encoded))
}

func describe(goType reflect.Type, structs map[string]string) {
	switch goType.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array:
		describe(goType.Elem(), structs)
		return
	case reflect.Struct:
	default:
		return
	}
	name := definitionName(goType)
	if _, seen := structs[name]; seen || !strings.HasPrefix(name, "io.k8s.") {
		return
	}
	structs[name] = ""
	structs[name] = strings.Join(fields(goType, structs), " ")
}

func fields(goType reflect.Type, structs map[string]string) []string {
	var result []string
	for index := range goType.NumField() {
		field := goType.Field(index)
		tag := strings.Split(field.Tag.Get("json"), ",")
		name, options := tag[0], strings.Join(tag[1:], ",")
		if name == "-" || !field.IsExported() {
			continue
		}
		if strings.Contains(options, "inline") || (field.Anonymous && name == "") {
			describe(field.Type, structs)
			inner := field.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				result = append(result, fields(inner, structs)...)
			}
			continue
		}
		describe(field.Type, structs)
		result = append(result, name+mark(field.Type, options))
	}
	return result
}

func mark(goType reflect.Type, options string) string {
	kind := goType.Kind()
	isPointer := kind == reflect.Pointer || kind == reflect.Interface
	if strings.Contains(options, "omitzero") {
		if isPointer {
			return "*"
		}
		return ""
	}
	// encoding/json never finds a struct empty.
	if !strings.Contains(options, "omitempty") || kind == reflect.Struct {
		if isPointer || kind == reflect.Slice || kind == reflect.Map {
			return "?"
		}
		return "!"
	}
	if isPointer {
		return "*"
	}
	return ""
}

// definitionName turns k8s.io/api/apps/v1.Deployment into io.k8s.api.apps.v1.Deployment.
func definitionName(goType reflect.Type) string {
	path := strings.Split(goType.PkgPath(), "/")
	domain := strings.Split(path[0], ".")
	for left, right := 0, len(domain)-1; left < right; left, right = left+1, right-1 {
		domain[left], domain[right] = domain[right], domain[left]
	}
	return strings.Join(append(domain, path[1:]...), ".") + "." + goType.Name()
}
