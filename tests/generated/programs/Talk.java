import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.Profiles85Api;
import org.openapitools.client.api.Services85Api;
import org.openapitools.client.model.EndServiceBody;
import org.openapitools.client.model.EndTaskBody;
import org.openapitools.client.model.IdentifyCustomerAttributesParameter;
import org.openapitools.client.model.LongOrText;
import org.openapitools.client.model.Service;
import org.openapitools.client.model.StartServiceBody;
import org.openapitools.client.model.StartStateBody;
import org.openapitools.client.model.StartTaskBody;

/** A conversation through the client that openapi-generator makes for Java. */
public class Talk {
    public static void main(String[] args) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(args[0]);
        Profiles85Api profiles = new Profiles85Api(client);
        Services85Api services = new Services85Api(client);

        var who = profiles.identifyCustomer(null, null, null, null,
            new IdentifyCustomerAttributesParameter().lastName("Haddad"));
        StartServiceBody body = new StartServiceBody();
        body.contactKey("a/b+c d").serviceType(new LongOrText(100L));
        body.putAdditionalProperty("order", Map.of("number", 4711, "total", "1.10"));
        Long service = services.startService(body, null).getServiceId();
        Integer state = services.startState(service,
            new StartStateBody().stateType(new LongOrText(8L)), null).getStateId();
        Integer task = services.startTask(service,
            new StartTaskBody().taskType(new LongOrText("refund")).stateId(state), null).getTaskId();
        Service found = services.queryAnonymousServicesActive("a/b+c d", null, null, null, null,
            null, null, null, true, null, List.of("order"), null).get(0);
        services.endTask(service, task, null,
            new EndTaskBody().disposition(new LongOrText(1L)));
        Service ended = services.getService(service, null, null, null, true, null, null);
        services.endService(service, null, new EndServiceBody().dispositionDesc("solved"));
        System.out.println(new ObjectMapper().writeValueAsString(Map.of(
            "customers", who.stream().map(each -> each.getCustomerId()).toList(),
            "service", found.getServiceId().toString(),
            "type", found.getServiceType().getActualInstance(),
            "order", found.getAdditionalProperty("order"),
            "active", found.getActiveTasks().stream()
                .map(each -> each.getTaskType().getActualInstance()).toList(),
            "completed", ended.getCompletedTasks().get(0).getTaskId().equals(task))));
    }
}
