package dev.sluice.tools.verify;

import dev.sluice.ConversationTemplate;
import dev.sluice.TokenizerFile;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.SluiceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whether the tokenizer and the chat template of a folder work. */
public final class TextCheck {
    private static final String PROBE = "Hello, world: \u00e4\u6f22 42\n";

    private final Path folder;
    private final Consumer<String> faults;
    private final Consumer<String> warnings;

    public TextCheck(Path folder, Consumer<String> faults, Consumer<String> warnings) {
        this.folder = folder;
        this.faults = faults;
        this.warnings = warnings;
    }

    /** @param vocabulary rows of the embedding; null when the configuration could not be read */
    public void run(@Nullable Integer vocabulary) {
        part(() -> tokenizer(vocabulary));
        part(this::template);
    }

    private void part(Runnable check) {
        try {
            check.run();
        } catch (SluiceException fault) {
            faults.accept(String.valueOf(fault.getMessage()));
        }
    }

    private void tokenizer(@Nullable Integer vocabulary) {
        TokenizerFile tokenizer = TokenizerFile.open(folder);
        if (vocabulary != null && tokenizer.size() > vocabulary) {
            faults.accept(folder + "/tokenizer.json has " + tokenizer.size() + " ids, but config.json has vocab_size "
                    + vocabulary + "; one of them belongs to another model");
        }
        if (tokenizer.encode(PROBE, TokenizerFile.Recognise.ALL).isEmpty()) {
            faults.accept(folder + "/tokenizer.json makes no tokens of a plain text");
        }
    }

    private void template() {
        ConversationTemplate template = ConversationTemplate.find(folder, null);
        if (template == null) {
            warnings.accept(folder + " has no chat template; the model continues raw text only");
            return;
        }
        Map<String, Object> conversation =
                Map.of("messages", List.of(Map.of("role", "user", "content", PROBE)), "add_generation_prompt", true);
        try {
            if (!template.render(conversation).contains("Hello, world")) {
                faults.accept(folder + ": the chat template leaves out what the user says");
            }
        } catch (InvalidRequestException e) {
            warnings.accept(folder + ": the chat template refuses a single user message: " + e.getMessage());
        }
    }
}
