// StreamTimeline and WatchChanges: the store hands over pages, this writes them with one message
// under way at a time.
//
// A stream holds a thread while it runs, which is why streams have their own pool and their own
// limit (Runtime::stream_gate), and why a client that takes no message for kSlowReaderSeconds is
// cut off. Private to services: includes grpc++ headers.
#ifndef ENTENTE_SERVICES_TIMELINE_STREAM_H_
#define ENTENTE_SERVICES_TIMELINE_STREAM_H_

#include <grpcpp/support/server_callback.h>

#include <cstddef>

#include "entente/v1/event_graph.pb.h"
#include "graph/store.h"
#include "services/call.h"

namespace entente::services {

inline constexpr int kSlowReaderSeconds = 60;

// A message is closed when its events reach this size, well under gRPC's default of 4 MiB at which
// a client refuses a message.
inline constexpr size_t kStreamMessageBytes = size_t{1} << 20;

// Owns itself: gRPC's OnDone deletes it. What `runtime` points to and `store` must outlive it.
grpc::ServerWriteReactor<v1::ListEventsResponse>* StartTimelineStream(
    grpc::CallbackServerContext* context, const Runtime& runtime, const graph::Store* store,
    v1::ListEventsRequest request);

grpc::ServerWriteReactor<v1::ListChangesResponse>* StartChangeStream(
    grpc::CallbackServerContext* context, const Runtime& runtime, const graph::Store* store,
    v1::ListChangesRequest request);

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_TIMELINE_STREAM_H_
