// Google's own Pub/Sub in memory, which speaks gRPC, with Pub/Sub's JSON over HTTP before it, which
// Beam's client speaks. It prints its address, and ends when its standard input does.
//
// POST /lose and POST /keep say whether acknowledgements get lost on their way, GET /deliveries and
// GET /acknowledgements how many each message had.
package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"

	"cloud.google.com/go/pubsub/pstest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/emptypb"
)

// What is called, by the HTTP method, the collection and the verb or "" of a path, and the field
// of the request that the path's name goes into.
var calls = map[string][3]string{
	"PUT topics":                           {"Publisher", "CreateTopic", "name"},
	"GET topics":                           {"Publisher", "GetTopic", "topic"},
	"GET projects":                         {"Publisher", "ListTopics", "project"},
	"POST topics:publish":                  {"Publisher", "Publish", "topic"},
	"PUT subscriptions":                    {"Subscriber", "CreateSubscription", "name"},
	"GET subscriptions":                    {"Subscriber", "GetSubscription", "subscription"},
	"POST subscriptions:pull":              {"Subscriber", "Pull", "subscription"},
	"POST subscriptions:acknowledge":       {"Subscriber", "Acknowledge", "subscription"},
	"POST subscriptions:modifyAckDeadline": {"Subscriber", "ModifyAckDeadline", "subscription"},
	"POST subscriptions:seek":              {"Subscriber", "Seek", "subscription"},
}

var statuses = map[codes.Code]int{
	codes.NotFound:        http.StatusNotFound,
	codes.AlreadyExists:   http.StatusConflict,
	codes.InvalidArgument: http.StatusBadRequest,
}

// Loses acknowledgements: who sent them is told that they arrived.
type losing struct{ atomic.Bool }

func (losing *losing) React(_ interface{}) (bool, interface{}, error) {
	return losing.Load(), &emptypb.Empty{}, nil
}

func message(name protoreflect.FullName) (proto.Message, error) {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(name)
	if err != nil {
		return nil, err
	}
	return kind.New().Interface(), nil
}

func call(server *grpc.ClientConn, request *http.Request) (proto.Message, error) {
	name, verb, _ := strings.Cut(strings.TrimPrefix(request.URL.Path, "/v1/"), ":")
	parts := strings.Split(name, "/")
	kind := "projects"
	if len(parts) == 4 {
		kind = parts[2]
	} else {
		name = strings.TrimSuffix(name, "/topics")
	}
	if verb != "" {
		kind += ":" + verb
	}
	to, known := calls[request.Method+" "+kind]
	if !known {
		return nil, status.Errorf(codes.NotFound, "%s %s", request.Method, request.URL.Path)
	}
	service, err := protoregistry.GlobalFiles.FindDescriptorByName(
		protoreflect.FullName("google.pubsub.v1." + to[0]))
	if err != nil {
		return nil, err
	}
	method := service.(protoreflect.ServiceDescriptor).Methods().ByName(protoreflect.Name(to[1]))
	in, err := message(method.Input().FullName())
	if err != nil {
		return nil, err
	}
	out, err := message(method.Output().FullName())
	if err != nil {
		return nil, err
	}
	content := io.Reader(request.Body)
	if request.Header.Get("Content-Encoding") == "gzip" {
		if content, err = gzip.NewReader(request.Body); err != nil {
			return nil, err
		}
	}
	body, err := io.ReadAll(content)
	if err != nil {
		return nil, err
	}
	if len(body) > 0 {
		if err := protojson.Unmarshal(body, in); err != nil {
			return nil, status.Error(codes.InvalidArgument, err.Error())
		}
	}
	field := in.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(to[2]))
	in.ProtoReflect().Set(field, protoreflect.ValueOfString(name))
	err = server.Invoke(
		context.Background(), "/google.pubsub.v1."+to[0]+"/"+to[1], in, out)
	return out, err
}

func main() {
	lost := &losing{}
	server := pstest.NewServer(
		pstest.ServerReactorOption{FuncName: "Acknowledge", Reactor: lost})
	client, err := grpc.Dial(
		server.Addr,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("http://" + listener.Addr().String())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	panic(http.Serve(listener, http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		answer.Header().Set("Content-Type", "application/json")
		switch request.URL.Path {
		case "/lose", "/keep":
			lost.Store(request.URL.Path == "/lose")
			return
		case "/deliveries", "/acknowledgements":
			all := map[string]int{}
			for _, message := range server.Messages() {
				all[message.ID] = message.Deliveries
				if request.URL.Path == "/acknowledgements" {
					all[message.ID] = message.Acks
				}
			}
			_ = json.NewEncoder(answer).Encode(all)
			return
		}
		out, err := call(client, request)
		if err == nil {
			text, _ := protojson.Marshal(out)
			_, _ = answer.Write(text)
			return
		}
		code, known := statuses[status.Code(err)]
		if !known {
			code = http.StatusInternalServerError
		}
		answer.WriteHeader(code)
		_ = json.NewEncoder(answer).Encode(map[string]any{
			"error": map[string]any{"code": code, "message": status.Convert(err).Message()}})
	})))
}
