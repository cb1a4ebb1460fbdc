import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.ClockApi;
import org.openapitools.client.api.FaultsApi;
import org.openapitools.client.api.JournalApi;
import org.openapitools.client.api.VerifyApi;
import org.openapitools.client.model.ClockAdvance;
import org.openapitools.client.model.ClockSet;
import org.openapitools.client.model.Question;
import org.openapitools.client.model.Rule;
import org.openapitools.client.model.RuleResponse;

/** A test that is set up, driven and verified by the client that openapi-generator makes for Java. */
public class ControlTalk {
    public static void main(String[] args) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(args[0]);
        var clock = new ClockApi(client);
        clock.putClock(new ClockSet().mode(ClockSet.ModeEnum.FROZEN)
            .time("2026-01-05T09:00:00.000Z"));
        var moved = clock.advanceClock(new ClockAdvance().by("2h"));
        var rule = new FaultsApi(client).addFault(new Rule().addOnItem("start_service").times(1)
            .response(new RuleResponse().status(503).body(Map.of("a", 1))));
        System.in.read();
        var verified = new VerifyApi(client)
            .verifyRequests(new Question().addOnItem("start_service").count(1));
        var requests = new JournalApi(client).listRequests(null, List.of("5xx"), null, null, null,
            null, null);
        System.out.println(new ObjectMapper().writeValueAsString(Map.of(
            "time", moved.getTime(),
            "rule", rule.getName(),
            "verified", verified.getVerified(),
            "statuses", requests.getRequests().stream()
                .map(each -> each.getResponse().getStatus()).toList())));
    }
}
